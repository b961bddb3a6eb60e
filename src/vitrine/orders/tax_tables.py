"""Sales tax rates by country and region, each with the days it is in force and its source.

Read for the rates in force in 2026. They are no advice: a tax professional must confirm them, and
what they leave out, before real money is taken.

US   ``tax_us``.
CA   Canada Revenue Agency, "GST/HST rates and place of supply"; British Columbia, Saskatchewan
     and Manitoba finance ministries (PST, RST); Revenu Québec (QST, on the price without GST).
AU   Australian Taxation Office, "GST": 10 % inside the shown price.
NZ   Inland Revenue, "GST": 15 % inside the shown price.

AU and NZ were compared on 2026-11-29 with VATupdate, "GST rates in Australia", Inland Revenue,
"Comparing New Zealand and Australia's GST systems", and the tax regimes of the GOBL project: rates,
Australia's GST-free basic food and that New Zealand has none are equal. What was compared of the
United States stands in ``tax_us``.
"""

from collections.abc import Mapping
from datetime import date

from vitrine.catalog.tax_codes import TaxCode
from vitrine.orders import tax_us
from vitrine.orders.tax_rate import (
    GST,
    HST,
    LONG_AGO,
    PST,
    QST,
    RST,
    Rate,
    Relief,
    Remits,
    dated,
    percent,
)

US: Mapping[str, tuple[Rate, ...]] = tax_us.RATES
US_NO_SALES_TAX = tax_us.NO_SALES_TAX
US_NO_LOCAL_TAX = tax_us.NO_LOCAL_TAX

_ZERO = Relief()
_FEDERAL = Relief(percent("5"))
_CRA = (
    "Canada Revenue Agency: GST/HST rates by province; basic groceries are zero-rated (Excise Tax "
    "Act, Schedule VI, Part III); distribution platform operators collect for sellers that are "
    "not registered since 2021-07-01 (Part IX, subdivision E)."
)
_POINT_OF_SALE = (
    " Point-of-sale rebates of the provincial part (RC4022): printed books; children's clothing "
    "and footwear in ON, NS and PE."
)
_GST = Rate(
    "CA",
    GST,
    percent("5"),
    remits=Remits.SELLER_IF_REGISTERED,
    reliefs={TaxCode.GROCERY: _ZERO},
    source=_CRA,
)


def _hst(*steps: tuple[date, str], children: bool = False) -> tuple[Rate, ...]:
    rebated: tuple[str, ...] = (TaxCode.BOOK, *([TaxCode.CHILDREN] if children else []))
    rate = Rate(
        "CA",
        HST,
        percent("0"),
        remits=Remits.SELLER_IF_REGISTERED,
        reliefs={TaxCode.GROCERY: _ZERO, **dict.fromkeys(rebated, _FEDERAL)},
        source=_CRA + _POINT_OF_SALE,
    )
    return dated(rate, *steps)


_BC = Rate(
    "CA-BC",
    PST,
    percent("7"),
    remits=Remits.PLATFORM,
    reliefs={TaxCode.GROCERY: _ZERO, TaxCode.CHILDREN: _ZERO, TaxCode.BOOK: _ZERO},
    source="British Columbia: 7 % PST; food, children's clothing and books are exempt (PST "
    "Exemption and Refund Regulation); marketplace facilitators collect since 2022-07-01 "
    "(PST Bulletin 142).",
)
_MB = Rate(
    "CA-MB",
    RST,
    percent("7"),
    remits=Remits.PLATFORM,
    reliefs={
        TaxCode.GROCERY: _ZERO,
        TaxCode.CHILDREN: Relief(below_minor=150_00 + 1),
        TaxCode.BOOK: _ZERO,
    },
    source="Manitoba: 7 % RST; basic groceries, books and children's clothing up to $150 are "
    "exempt (Bulletins 061 and 063); online marketplaces collect since 2021-12-01.",
)
_SK = Rate(
    "CA-SK",
    PST,
    percent("6"),
    remits=Remits.PLATFORM,
    reliefs={TaxCode.GROCERY: _ZERO, TaxCode.CHILDREN: _ZERO, TaxCode.BOOK: _ZERO},
    source="Saskatchewan: 6 % PST; basic groceries, books and children's clothing are exempt "
    "(PST-5); marketplace facilitators collect since 2020-01-01.",
)
_QC = Rate(
    "CA-QC",
    QST,
    percent("9.975"),
    remits=Remits.SELLER_IF_REGISTERED,
    reliefs={TaxCode.GROCERY: _ZERO, TaxCode.BOOK: _ZERO},
    source="Revenu Québec: 9.975 % QST on the price without GST; basic groceries are zero-rated "
    "and printed books exempt; digital platforms collect for sellers that are not registered.",
)

CA: Mapping[str, tuple[Rate, ...]] = {
    "AB": (_GST,),
    "BC": (_GST, _BC),
    "MB": (_GST, _MB),
    "NB": _hst((LONG_AGO, "15")),
    "NL": _hst((LONG_AGO, "15")),
    "NS": _hst((LONG_AGO, "15"), (date(2025, 4, 1), "14"), children=True),
    "NT": (_GST,),
    "NU": (_GST,),
    "ON": _hst((LONG_AGO, "13"), children=True),
    "PE": _hst((LONG_AGO, "15"), children=True),
    "QC": (_GST, _QC),
    "SK": (_GST, _SK),
    "YT": (_GST,),
}
AU = (
    Rate(
        "AU",
        GST,
        percent("10"),
        included=True,
        reliefs={TaxCode.GROCERY: _ZERO},
        source="Australian Taxation Office: 10 % GST inside the price; basic food is GST-free (GST "
        "Act 1999, Subdivision 38-A). Platforms collect on imported goods up to 1,000 AUD only "
        "(Subdivision 84-C).",
    ),
)
NZ = (
    Rate(
        "NZ",
        GST,
        percent("15"),
        included=True,
        source="Inland Revenue: 15 % GST inside the price, with no exemption for food or clothing. "
        "Marketplaces collect on imported goods up to 1,000 NZD only (GST Act 1985, s 60C).",
    ),
)

FEES: Mapping[str, tuple[Rate, ...]] = {
    **{province: rates for province, rates in CA.items() if province not in {"MB", "SK"}},
    "MB": (_GST,),
    "SK": (_GST,),
}
"""What a Canadian seller pays on the platform's fee: GST, HST or QST as for any service, and PST
in British Columbia, which taxes online marketplace services since 2022-07-01 (PST Bulletin 142)."""
