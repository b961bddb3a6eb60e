"""Sales tax by place and day, as arithmetic.

Each line is rounded once per tax, half up, so that what is shown, charged, posted and refunded is
the same integer. A place that no table knows is refused: a silent zero would make the operator
owe tax that nobody paid. Rates and their sources: orders/tax_tables.py. Source: docs/adr/0064.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Protocol

from vitrine.catalog.tax_codes import TaxCode
from vitrine.kernel.errors import Refusal
from vitrine.orders import tax_tables
from vitrine.orders.tax_rate import LONG_AGO, STATE_TAX, Rate, Remits


class UnknownPlace(Refusal):
    """No table says which tax is due there."""

    code = "unknown_place"
    message = "We cannot work out the tax for that place, so we cannot sell there yet."


@dataclass(frozen=True)
class Place:
    """Where goods are handed over. region: state or province code; unused in AU and NZ.

    postcode: for local taxes; empty as long as the buyer has not said it.
    """

    country: str
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class TaxAmount:
    """One tax of one line, already rounded. included: it is inside the line's amount.

    platform_liable: the platform hands it on to its authority; else the merchant does.
    """

    authority: str
    name: str
    amount_minor: int
    included: bool
    platform_liable: bool = False


@dataclass(frozen=True)
class Taxed:
    """Goods of one line, as the tax tables look at them. amount_minor: what is paid for them."""

    amount_minor: int
    code: str = TaxCode.GENERAL
    quantity: int = 1

    def __post_init__(self) -> None:
        if self.amount_minor < 0:
            raise ValueError("a line cannot be negative")


class TaxProvider(Protocol):
    """Who knows the taxes of a place: our tables, an operator's file, or a service."""

    def rates(self, place: Place, *, on: date) -> tuple[Rate, ...]:
        """Return the rates in force; empty only where no tax is levied. Raises: UnknownPlace."""
        ...


class StateTables:
    """The built-in tables: countries, states and provinces, without any town's own tax.

    Where towns may add a tax of their own the name says that this is the state's alone.
    """

    def rates(self, place: Place, *, on: date) -> tuple[Rate, ...]:
        """Return what the tables say. Raises: UnknownPlace."""
        return _in_force(place.country, place.region, on)


TABLES = StateTables()
KEPT = 1024
"""So many answers are remembered for each question: the tables change with the code alone."""


def rates_at(
    place: Place, *, on: date, registered: bool = True, provider: TaxProvider = TABLES
) -> tuple[Rate, ...]:
    """Return the rates that a sale bears in a place on a day.

    registered: the seller is registered for GST or its like. Where only registered sellers owe a
    tax, others charge none; where the platform steps in, it is due all the same.
    Raises: UnknownPlace.
    """
    return _charged(provider.rates(place, on=on), registered)


@lru_cache(KEPT)
def _charged(rates: tuple[Rate, ...], registered: bool) -> tuple[Rate, ...]:
    return tuple(
        replace(rate, remits=_remits(rate, registered=registered))
        for rate in rates
        if registered or rate.remits is not Remits.SELLER
    )


def on_line(goods: Taxed, rates: Iterable[Rate]) -> tuple[TaxAmount, ...]:
    """Return each tax on one line of goods, rounded once."""
    return tuple(
        _amount(rate, rate.due(goods.amount_minor, code=goods.code, quantity=goods.quantity))
        for rate in rates
    )


def on_delivery(
    delivery_minor: int, goods: Sequence[Taxed], rates: Iterable[Rate]
) -> tuple[TaxAmount, ...]:
    """Return each tax on a delivery charge: it is taxed as the goods that it brings, by value.

    So the delivery of untaxed food is not taxed, and of half food and half lamps, half.
    """
    if delivery_minor < 0:
        raise ValueError("a line cannot be negative")
    value_minor = sum(one.amount_minor for one in goods)
    found = []
    for rate in rates:
        if not rate.on_delivery:
            continue
        if value_minor:
            due = sum(
                (rate.due(one.amount_minor, code=one.code, quantity=one.quantity) for one in goods),
                Decimal(0),
            )
            found.append(_amount(rate, delivery_minor * due / value_minor))
        else:
            due = rate.due(delivery_minor, code=TaxCode.GENERAL, quantity=1)
            found.append(_amount(rate, due))
    return tuple(found)


def fee_taxes(fee_minor: int, place: Place, *, on: date) -> tuple[TaxAmount, ...]:
    """Return the tax that a merchant owes on the platform's fee, on top of it.

    Raises: UnknownPlace.
    """
    if fee_minor < 0:
        raise ValueError("a fee cannot be negative")
    return on_line(Taxed(fee_minor), service_rates(place, on=on))


def service_rates(place: Place, *, on: date) -> tuple[Rate, ...]:
    """Return the rates that the platform's own services bear, on top of their price.

    place: where whoever pays for them is. The platform remits all of it: it is the seller.
    No US state of ours taxes a marketplace's commission. Raises: UnknownPlace.
    """
    match place.country:
        case "US" if place.region in {*tax_tables.US, *tax_tables.US_NO_SALES_TAX}:
            rates: tuple[Rate, ...] = ()
        case "CA" if place.region in tax_tables.FEES:
            rates = tax_tables.FEES[place.region]
        case "AU":
            rates = tax_tables.AU
        case "NZ":
            rates = tax_tables.NZ
        case _:
            raise UnknownPlace(country=place.country, region=place.region)
    return tuple(
        replace(rate, included=False, remits=Remits.PLATFORM)
        for rate in rates
        if rate.is_in_force(on)
    )


def is_included(country: str) -> bool:
    """Tell whether prices are shown with tax inside in that country."""
    return country in ("AU", "NZ")


def _remits(rate: Rate, *, registered: bool) -> Remits:
    if rate.remits is Remits.SELLER_IF_REGISTERED:
        return Remits.SELLER if registered else Remits.PLATFORM
    return rate.remits


@lru_cache(KEPT)
def _in_force(country: str, region: str, on: date) -> tuple[Rate, ...]:
    if on < LONG_AGO:
        raise UnknownPlace(country=country, region=region)
    found = tuple(rate for rate in _table(country, region) if rate.is_in_force(on))
    if country == "US" and region not in tax_tables.US_NO_LOCAL_TAX:
        return tuple(replace(rate, name=STATE_TAX) for rate in found)
    return found


def _table(country: str, region: str) -> tuple[Rate, ...]:
    match country:
        case "US" if region in tax_tables.US_NO_SALES_TAX:
            return ()
        case "US" if region in tax_tables.US:
            return tax_tables.US[region]
        case "CA" if region in tax_tables.CA:
            return tax_tables.CA[region]
        case "AU":
            return tax_tables.AU
        case "NZ":
            return tax_tables.NZ
    raise UnknownPlace(country=country, region=region)


def _amount(rate: Rate, due: Decimal) -> TaxAmount:
    return TaxAmount(
        rate.authority,
        rate.name,
        int(Decimal(due).quantize(Decimal(1), rounding=ROUND_HALF_UP)),
        rate.included,
        platform_liable=rate.remits is Remits.PLATFORM,
    )
