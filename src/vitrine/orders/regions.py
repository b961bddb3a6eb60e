"""States, provinces and postcodes of the countries we sell in."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

_US = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,"
    "DE Delaware,DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,"
    "IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,"
    "MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,"
    "NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,"
    "OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,"
    "SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,"
    "WV West Virginia,WI Wisconsin,WY Wyoming"
)
_CA = (
    "AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,"
    "NS Nova Scotia,NT Northwest Territories,NU Nunavut,ON Ontario,PE Prince Edward Island,"
    "QC Québec,SK Saskatchewan,YT Yukon"
)
_AU = (
    "ACT Australian Capital Territory,NSW New South Wales,NT Northern Territory,QLD Queensland,"
    "SA South Australia,TAS Tasmania,VIC Victoria,WA Western Australia"
)


def _named(text: str) -> dict[str, str]:
    return dict(one.split(" ", 1) for one in text.split(",")) if text else {}


NAMES: Mapping[str, Mapping[str, str]] = {
    "US": _named(_US),
    "CA": _named(_CA),
    "AU": _named(_AU),
    "NZ": {},
}
_WORD = {
    "US": gettext_noop("State"),
    "CA": gettext_noop("Province"),
    "AU": gettext_noop("State"),
    "NZ": gettext_noop("Region"),
}
USUAL = {"US": "NY", "CA": "ON", "AU": "NSW", "NZ": ""}
"""The region that a total is first shown for, until the buyer names another."""

_LETTER = "[ABCEGHJ-NPRSTV-Z]"
"""Of Canadian postcodes: no D, F, I, O, Q or U, which read like others."""
_POSTCODE = {
    "US": (re.compile(r"\d{5}(-\d{4})?"), "12345"),
    "CA": (re.compile(rf"[ABCEGHJ-NPRSTVXY]\d{_LETTER} ?\d{_LETTER}\d"), "K1A 0B1"),
    "AU": (re.compile(r"\d{4}"), "2000"),
    "NZ": (re.compile(r"\d{4}"), "6011"),
}


def word(country: str) -> str:
    """Return what a region is called in that country, in the language of the page."""
    return gettext(_WORD[country])


def is_postcode(text: str, country: str) -> bool:
    """Tell whether a text looks like a postcode of that country."""
    return _POSTCODE[country][0].fullmatch(text.strip().upper()) is not None


def tidy_postcode(text: str, country: str) -> str:
    """Write a postcode as it is written there: in capitals, and in Canada with its space."""
    tidy = " ".join(text.split()).upper()
    return f"{tidy[:3]} {tidy[3:]}" if country == "CA" and len(tidy) == 6 else tidy


def begins_a_postcode(text: str, country: str) -> bool:
    """Tell whether a postcode of that country may begin so."""
    example = example_postcode(country).replace(" ", "")
    return bool(text) and is_postcode(text + example[len(text) :], country)


def example_postcode(country: str) -> str:
    """Return a postcode to show how one is written."""
    return _POSTCODE[country][1]
