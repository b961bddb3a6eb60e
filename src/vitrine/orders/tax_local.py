"""Local sales taxes by ZIP code, from a file that the operator loads (``VITRINE_TAX_RATES``).

A CSV in UTF-8 with a header, one line for each local tax of a ZIP code::

    region,postcode,authority,name,percent,begins_on,ends_on,on_delivery,untaxed,source
    NY,10001,US-NY-NYC,New York City,4.5,2024-01-01,,1,clothing children grocery,NY Pub 718
    NY,100*,US-NY-MCTD,Metropolitan district,0.375,2024-01-01,,1,,NY Pub 718
    CA,*,-,,,,,,,Every other place in California adds nothing

postcode: a ZIP code, or its beginning and ``*``; the longest that fits names the place. Several
lines of one postcode are several taxes. authority ``-`` says that nothing is added there.
untaxed: tax codes that it leaves out. Once a file is loaded, a place that it does not name, in a
state whose towns may add a tax, is refused.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from vitrine.catalog.tax_codes import TaxCode
from vitrine.orders import tax_tables
from vitrine.orders.tax import TABLES, Place, TaxProvider, UnknownPlace
from vitrine.orders.tax_rate import LOCAL_TAX, SALES_TAX, Rate, Relief, Remits

COLUMNS = (
    *("region", "postcode", "authority", "name", "percent"),
    *("begins_on", "ends_on", "on_delivery", "untaxed", "source"),
)
ZIP = 5
Key = tuple[str, str]


class LocalRates:
    """The built-in tables, and what the operator's file adds to them by ZIP code."""

    def __init__(self, local: Mapping[Key, tuple[Rate, ...]]) -> None:
        self.local = local

    def rates(self, place: Place, *, on: date) -> tuple[Rate, ...]:
        """Return the state's rates and the town's.

        Before the buyer has said a postcode, the state's alone, by that name. Raises: UnknownPlace.
        """
        state = TABLES.rates(place, on=on)
        if place.country != "US" or place.region in tax_tables.US_NO_LOCAL_TAX:
            return state
        if not place.postcode:
            return state
        named = tuple(replace(rate, name=SALES_TAX) for rate in state)
        return named + tuple(rate for rate in self._local(place) if rate.is_in_force(on))

    def _local(self, place: Place) -> tuple[Rate, ...]:
        for length in range(ZIP, -1, -1):
            found = self.local.get((place.region, place.postcode[:length]))
            if found is not None:
                return found
        raise UnknownPlace(country=place.country, region=place.region)


def read(lines: Iterable[str]) -> LocalRates:
    """Read the file's lines. Raises: ValueError, naming the line and what is wrong with it."""
    reader = csv.DictReader(lines)
    if reader.fieldnames is None or not set(COLUMNS) <= set(reader.fieldnames):
        raise ValueError(f"begin with the columns {','.join(COLUMNS)}")
    found: defaultdict[Key, list[Rate]] = defaultdict(list)
    for row in reader:
        try:
            key, rate = _row(row)
        except (ValueError, InvalidOperation) as wrong:
            raise ValueError(f"be right in line {reader.line_num}: {wrong}") from None
        found[key] += [rate] if rate else []
    return LocalRates({key: tuple(rates) for key, rates in found.items()})


def read_file(path: str) -> TaxProvider | None:
    """Read the file of a setting; None for no setting. Raises: ValueError."""
    if not path:
        return None
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            return read(file)
    except OSError as wrong:
        raise ValueError(f"name a file that can be read ({wrong.strerror})") from None


def _row(row: Mapping[str, str]) -> tuple[Key, Rate | None]:
    region, postcode = row["region"].strip().upper(), row["postcode"].strip()
    if region not in {*tax_tables.US, *tax_tables.US_NO_SALES_TAX}:
        raise ValueError(f"{region!r} is no state")
    digits = postcode.removesuffix("*")
    if not (digits.isdigit() or not digits) or (len(digits) != ZIP) != postcode.endswith("*"):
        raise ValueError(f"{postcode!r} is no ZIP code, nor the beginning of one with *")
    key, authority = (region, digits), row["authority"].strip()
    if authority == "-":
        return key, None
    if not authority.startswith(f"US-{region}-") or len(authority) > 20:
        raise ValueError(f"an authority is called US-{region}-… with at most 20 letters")
    untaxed = [TaxCode(code) for code in row["untaxed"].split()]
    percent = Decimal(row["percent"])
    if not 0 <= percent <= 20:
        raise ValueError("a percentage lies between 0 and 20")
    return key, Rate(
        authority=authority,
        name=row["name"].strip()[:20] or LOCAL_TAX,
        rate=percent / 100,
        begins_on=date.fromisoformat(row["begins_on"]),
        ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"].strip() else None,
        on_delivery=row["on_delivery"].strip() == "1",
        remits=Remits.PLATFORM,
        reliefs={code: Relief() for code in untaxed},
        source=row["source"].strip(),
    )
