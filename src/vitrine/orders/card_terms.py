"""How long a gift card has to be good for, by law: who reads this, ask a professional too.

A card is spent by whoever holds it, wherever they live in its country: so the strictest rule of a
country counts for all of it. Stored value that a law lets end must be good from a day's issue on.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Rule:
    """What holds for cards issued from a day on. years: how long at least; None: they never end."""

    country: str
    since_on: date
    years: int | None
    source: str


RULES = (
    Rule(
        "US",
        date(2010, 8, 22),
        None,
        "15 U.S.C. § 1693l-1 and 12 CFR 1005.20(e): five years at least; California Civil Code "
        "§ 1749.5, Florida Statutes § 501.95 and other states: no end at all.",
    ),
    Rule(
        "CA",
        date(2007, 10, 1),
        None,
        "Ontario Regulation 17/05 s. 25.3, Quebec Consumer Protection Act s. 187.3, British "
        "Columbia Prepaid Purchase Cards Regulation s. 3 and others: no end at all.",
    ),
    Rule(
        "AU",
        date(2019, 11, 1),
        3,
        "Competition and Consumer Act 2010, schedule 2 (Australian Consumer Law), s. 99B.",
    ),
    Rule(
        "NZ",
        date(2026, 3, 16),
        3,
        "Fair Trading (Gift Card Expiry) Amendment Act 2024.",
    ),
)


def rule(country: str, *, on: date) -> Rule | None:
    """Return the rule of a country for cards issued on a day; None where none is known."""
    found = [one for one in RULES if one.country == country and one.since_on <= on]
    return max(found, key=lambda one: one.since_on, default=None)


def may_end(country: str, *, on: date) -> bool:
    """Tell whether a card may end at all. Where no rule is known it may not: nobody looked."""
    known = rule(country, on=on)
    return known is not None and known.years is not None


def first_end(country: str, *, on: date) -> date | None:
    """Return the first day that may be a card's last; None: it may not end."""
    known = rule(country, on=on)
    if known is None or known.years is None:
        return None
    year = on.year + known.years
    return date(year, 3, 1) if (on.month, on.day) == (2, 29) else on.replace(year=year)
