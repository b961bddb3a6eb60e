"""Sales tax rates by country and region, each with the day it began and where it is published.

Sources, read for the rates in force in 2026; a tax professional must confirm them before real
money is taken:

US   state rates as published by each state's revenue department and gathered by the Tax
     Foundation, "State and Local Sales Tax Rates". Rates that a state obliges every place to add
     (CA 1.25, NV 2.25, UT 1.25, VA 1.00) are in the figure; optional local taxes are not: they
     need a street address and come through a provider.
     Delivery: taxed where the state counts a separately stated delivery charge by carrier as
     part of the price of taxable goods.
CA   Canada Revenue Agency, "GST/HST rates and place of supply"; British Columbia, Saskatchewan
     and Manitoba finance ministries (PST, RST); Revenu Québec (QST, on the price without GST).
AU   Australian Taxation Office, "GST": 10 % inside the shown price.
NZ   Inland Revenue, "GST": 15 % inside the shown price.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop

LONG_AGO = date(2024, 1, 1)
"""The first day any table covers; nothing was sold here before it."""

# Names are kept on orders as they stand here, and translated where they are shown.
SALES_TAX = gettext_noop("Sales tax")
GST = gettext_noop("GST")
HST = gettext_noop("HST")
PST = gettext_noop("PST")
RST = gettext_noop("RST")
QST = gettext_noop("QST")


@dataclass(frozen=True)
class Rate:
    """One tax of one authority from one day on, until a later rate of the same name begins.

    authority: ISO 3166 code of who is owed ("US-CA", "CA", "AU"); names the ledger account.
    rate: a fraction, 0.0725 for 7.25 %. included: it is inside the shown price.
    """

    authority: str
    name: str
    rate: Decimal
    begins_on: date = LONG_AGO
    included: bool = False
    on_delivery: bool = True


US_NO_SALES_TAX = frozenset({"AK", "DE", "MT", "NH", "OR"})
"""States that levy no state sales tax: an explicit zero, not an unknown place."""

US_DELIVERY_TAXED = frozenset(
    "AR CT GA HI IN KY MN MS NC ND NE NJ NM NY OH PA RI SC SD TN TX VT WA WI WV".split()
)

_US_PERCENT: Mapping[str, str] = {
    "AL": "4", "AR": "6.5", "AZ": "5.6", "CA": "7.25", "CO": "2.9", "CT": "6.35", "DC": "6",
    "FL": "6", "GA": "4", "HI": "4", "IA": "6", "ID": "6", "IL": "6.25", "IN": "7", "KS": "6.5",
    "KY": "6", "MA": "6.25", "MD": "6", "ME": "5.5", "MI": "6", "MN": "6.875", "MO": "4.225",
    "MS": "7", "NC": "4.75", "ND": "5", "NE": "5.5", "NJ": "6.625", "NM": "4.875", "NV": "6.85",
    "NY": "4", "OH": "5.75", "OK": "4.5", "PA": "6", "RI": "7", "SC": "6", "SD": "4.2",
    "TN": "7", "TX": "6.25", "UT": "6.1", "VA": "5.3", "VT": "6", "WA": "6.5", "WI": "5",
    "WV": "6", "WY": "4",
}  # fmt: skip
_US_DATED: Mapping[str, tuple[tuple[date, str], ...]] = {
    "LA": ((LONG_AGO, "4.45"), (date(2025, 1, 1), "5")),
}
"""States whose rate changed inside the time these tables cover."""


def _percent(text: str) -> Decimal:
    return Decimal(text) / 100


def _us_rates() -> dict[str, tuple[Rate, ...]]:
    steps = {state: ((LONG_AGO, percent),) for state, percent in _US_PERCENT.items()}
    return {
        state: tuple(
            Rate(
                authority=f"US-{state}",
                name=SALES_TAX,
                rate=_percent(percent),
                begins_on=begins_on,
                on_delivery=state in US_DELIVERY_TAXED,
            )
            for begins_on, percent in dated
        )
        for state, dated in {**steps, **_US_DATED}.items()
    }


_GST = Rate("CA", GST, _percent("5"))


def _hst(percent: str, begins_on: date = LONG_AGO) -> Rate:
    return Rate("CA", HST, _percent(percent), begins_on)


US: Mapping[str, tuple[Rate, ...]] = _us_rates()
CA: Mapping[str, tuple[Rate, ...]] = {
    "AB": (_GST,),
    "BC": (_GST, Rate("CA-BC", PST, _percent("7"))),
    "MB": (_GST, Rate("CA-MB", RST, _percent("7"))),
    "NB": (_hst("15"),),
    "NL": (_hst("15"),),
    "NS": (_hst("15"), _hst("14", date(2025, 4, 1))),
    "NT": (_GST,),
    "NU": (_GST,),
    "ON": (_hst("13"),),
    "PE": (_hst("15"),),
    "QC": (_GST, Rate("CA-QC", QST, _percent("9.975"))),
    "SK": (_GST, Rate("CA-SK", PST, _percent("6"))),
    "YT": (_GST,),
}
AU = (Rate("AU", GST, _percent("10"), included=True),)
NZ = (Rate("NZ", GST, _percent("15"), included=True),)
