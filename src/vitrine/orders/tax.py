"""Sales tax by place and day, as arithmetic.

Each line is rounded once per tax, half up, so that what is shown, charged, posted and refunded is
the same integer. A place that no table knows is refused: a silent zero would make the operator
owe tax that nobody paid. Rates and their sources: orders/tax_tables.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from vitrine.kernel.errors import Refusal
from vitrine.orders import tax_tables
from vitrine.orders.tax_tables import Rate


class UnknownPlace(Refusal):
    """No table says which tax is due there."""

    code = "unknown_place"
    message = "We cannot work out the tax for that place, so we cannot sell there yet."


@dataclass(frozen=True)
class Place:
    """Where goods are handed over. region: state or province code; unused in AU and NZ."""

    country: str
    region: str = ""


@dataclass(frozen=True)
class TaxAmount:
    """One tax of one line, already rounded. included: it is inside the line's amount."""

    authority: str
    name: str
    amount_minor: int
    included: bool


def rates_at(place: Place, *, on: date) -> tuple[Rate, ...]:
    """Return the rates in force in a place on a day; empty only where no tax is levied.

    Raises: UnknownPlace.
    """
    if on < tax_tables.LONG_AGO:
        raise UnknownPlace(country=place.country, region=place.region)
    latest: dict[tuple[str, str], Rate] = {}
    for rate in _all_rates(place):
        if rate.begins_on <= on:
            latest[rate.authority, rate.name] = rate
    return tuple(latest.values())


def on_line(amount_minor: int, rates: Iterable[Rate], *, delivery: bool) -> tuple[TaxAmount, ...]:
    """Return each tax on one line. delivery: the line is a delivery charge, not goods."""
    if amount_minor < 0:
        raise ValueError("a line cannot be negative")
    return tuple(
        TaxAmount(rate.authority, rate.name, _rounded(amount_minor, rate), rate.included)
        for rate in rates
        if rate.on_delivery or not delivery
    )


def is_included(country: str) -> bool:
    """Tell whether prices are shown with tax inside in that country."""
    return country in ("AU", "NZ")


def _all_rates(place: Place) -> tuple[Rate, ...]:
    match place.country:
        case "US" if place.region in tax_tables.US_NO_SALES_TAX:
            return ()
        case "US" if place.region in tax_tables.US:
            return tax_tables.US[place.region]
        case "CA" if place.region in tax_tables.CA:
            return tax_tables.CA[place.region]
        case "AU":
            return tax_tables.AU
        case "NZ":
            return tax_tables.NZ
    raise UnknownPlace(country=place.country, region=place.region)


def _rounded(amount_minor: int, rate: Rate) -> int:
    base = 1 + rate.rate if rate.included else Decimal(1)
    return int((amount_minor * rate.rate / base).quantize(Decimal(1), rounding=ROUND_HALF_UP))
