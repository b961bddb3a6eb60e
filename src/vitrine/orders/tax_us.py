"""Sales tax of the states of the United States.

Rates are those that each state's revenue department publishes, gathered by the Tax Foundation,
"State and Local Sales Tax Rates". Rates that a state obliges every place to add (CA 1.25, NV 2.25,
UT 1.25, VA 1.00) are in the figure; optional local taxes are not: they come from a file by ZIP
code (``tax_local``).

Food and clothing are the well-known exceptions only; a state's own lists go further.
Delivery is taxed where the state counts a separately stated delivery charge by carrier as part of
the price of taxable goods. Every state with a sales tax makes marketplaces collect it (Missouri,
as the last, since 2023-01-01).

Compared on 2026-11-29, facts only:
General rates of fifty states and DC: the Sales Tax Institute, "State Sales Tax Rates" (as of May
2024), and a list of base rates for 2025 kept by others. Equal, but for UT and VA, which the first
gives without what every place adds (4.85 + 1.25, 4.3 + 1); LA, which both give as of before 2025
(5 % since, as news of the law says); NM and SD, which the second gives as of before July 2023.
Food: Fox 5 DC, "States that tax groceries in 2025", and Grocery Dive, "More states cut grocery
taxes" (January 2026): equal.
Clothing: Avalara's and LegalClarity's lists by state: the same states, and the same amounts in MA
and NY; the amount of RI was not seen.
Delivery: TaxHero's list, from A to I alone: equal for a charge that stands apart and travels by
carrier; IN is exempt there where a third party bills it.
Local taxes: the Sales Tax Institute gives CT up to 1 %, the Tax Foundation none, which stays.
No difference called for a change.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from vitrine.catalog.tax_codes import TaxCode
from vitrine.orders.tax_rate import LONG_AGO, SALES_TAX, Rate, Relief, Remits, percent

NO_SALES_TAX = frozenset({"AK", "DE", "MT", "NH", "OR"})
"""States that levy no state sales tax: an explicit zero, not an unknown place."""

NO_LOCAL_TAX = frozenset("CT DC DE IN KY MA MD ME MI MT NH NJ OR RI".split())
"""Where no town or county adds a general sales tax of its own (Tax Foundation, same table)."""

DELIVERY_TAXED = frozenset(
    "AR CT GA HI IN KY MN MS NC ND NE NJ NM NY OH PA RI SC SD TN TX VT WA WI WV".split()
)

_Steps = tuple[tuple[date, str], ...]

_PERCENT: Mapping[str, str] = {
    "AL": "4", "AR": "6.5", "AZ": "5.6", "CA": "7.25", "CO": "2.9", "CT": "6.35", "DC": "6",
    "FL": "6", "GA": "4", "HI": "4", "IA": "6", "ID": "6", "IL": "6.25", "IN": "7", "KS": "6.5",
    "KY": "6", "MA": "6.25", "MD": "6", "ME": "5.5", "MI": "6", "MN": "6.875", "MO": "4.225",
    "MS": "7", "NC": "4.75", "ND": "5", "NE": "5.5", "NJ": "6.625", "NM": "4.875", "NV": "6.85",
    "NY": "4", "OH": "5.75", "OK": "4.5", "PA": "6", "RI": "7", "SC": "6", "TN": "7", "TX": "6.25",
    "UT": "6.1", "VA": "5.3", "VT": "6", "WA": "6.5", "WI": "5", "WV": "6", "WY": "4",
}  # fmt: skip
_CHANGED: Mapping[str, _Steps] = {
    "LA": ((LONG_AGO, "4.45"), (date(2025, 1, 1), "5"), (date(2030, 1, 1), "4.75")),
    "SD": ((LONG_AGO, "4.2"), (date(2027, 7, 1), "4.5")),
}
"""States whose rate changes inside the time these tables cover."""

_FOOD_AS_EVERYTHING = frozenset({"HI", "ID", "SD"})
_FOOD: Mapping[str, _Steps] = {
    "AL": ((LONG_AGO, "3"), (date(2025, 9, 1), "2")),
    "AR": ((LONG_AGO, "0.125"), (date(2026, 1, 1), "0")),
    "IL": ((LONG_AGO, "1"), (date(2026, 1, 1), "0")),
    "KS": ((LONG_AGO, "2"), (date(2025, 1, 1), "0")),
    "MO": ((LONG_AGO, "1.225"),),
    "MS": ((LONG_AGO, "7"), (date(2025, 7, 1), "5")),
    "NC": ((LONG_AGO, "2"),),
    "OK": ((LONG_AGO, "4.5"), (date(2024, 8, 29), "0")),
    "TN": ((LONG_AGO, "4"),),
    "UT": ((LONG_AGO, "3"),),
    "VA": ((LONG_AGO, "1"),),
}
"""States that tax food at another rate, with what every place there has to add; elsewhere none."""
_NONE: _Steps = ((LONG_AGO, "0"),)

WORN: tuple[str, ...] = (TaxCode.CLOTHING, TaxCode.CHILDREN)
_CLOTHING: Mapping[str, Relief] = {
    "MA": Relief(up_to_minor=175_00),
    "MN": Relief(),
    "NJ": Relief(),
    "NY": Relief(below_minor=110_00),
    "PA": Relief(),
    "RI": Relief(up_to_minor=250_00),
    "VT": Relief(),
}
"""States without tax on ordinary clothing: all of it, cheap pieces, or so much of each piece."""

_SOURCES = {
    TaxCode.GENERAL: "{state}: the state's revenue department, general rate, as gathered by the "
    "Tax Foundation, State and Local Sales Tax Rates.",
    TaxCode.GROCERY: "{state}: the state's revenue department on food for home consumption.",
    TaxCode.CLOTHING: "{state}: the state's revenue department on clothing (MA 830 CMR 64H.6.4; "
    "MN Fact Sheet 105; NJ Bulletin S&U-4; NY TB-ST-530; PA REV-717; RI 280-RICR-20-70-15; VT "
    "32 V.S.A. § 9741(45)).",
}


def _steps(state: str) -> tuple[_Steps, _Steps]:
    general = _CHANGED.get(state) or ((LONG_AGO, _PERCENT[state]),)
    return general, general if state in _FOOD_AS_EVERYTHING else _FOOD.get(state, _NONE)


def _at(steps: Sequence[tuple[date, str]], on: date) -> Decimal:
    return percent([text for begins_on, text in steps if begins_on <= on][-1])


def _rates(state: str) -> tuple[Rate, ...]:
    """Cut the time of a state's tables where its general rate or its rate on food changes."""
    general, food = _steps(state)
    days = sorted({begins_on for begins_on, _ in (*general, *food)})
    clothing = _CLOTHING.get(state)
    worn = dict.fromkeys(WORN, clothing) if clothing else {}
    said = [_SOURCES[TaxCode.GENERAL], _SOURCES[TaxCode.GROCERY]]
    said += [_SOURCES[TaxCode.CLOTHING]] if clothing else []
    return tuple(
        Rate(
            authority=f"US-{state}",
            name=SALES_TAX,
            rate=_at(general, begins_on),
            begins_on=begins_on,
            ends_on=ends_on,
            on_delivery=state in DELIVERY_TAXED,
            remits=Remits.PLATFORM,
            reliefs={TaxCode.GROCERY: Relief(_at(food, begins_on)), **worn},
            source=" ".join(said).format(state=state),
        )
        for begins_on, ends_on in zip(days, [*days[1:], None], strict=True)
    )


RATES: Mapping[str, tuple[Rate, ...]] = {
    state: _rates(state) for state in sorted({*_PERCENT, *_CHANGED})
}
