"""Money is an integer count of minor units with an ISO 4217 code."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple
from unicodedata import category

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import gettext, gettext_noop

CURRENCIES = ("USD", "CAD", "NZD", "AUD")
MAX_MINOR = 10**12
"""Ten billion whole units: far above any price, far below a bigint's end."""
MICROS_PER_MINOR = 10_000
"""Ads are priced in millionths of a unit; each currency here has a hundred minor ones."""


_DIGITS = re.compile(r"[\d.,\s]+")
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,30})(?:\.(?P<decimals>[0-9]{0,30}))?")


class BadAmount(ValueError):
    """The text is not an amount of that currency; the message says why.

    sentence: marked for translation, its facts left open, for whoever says it later.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        self.sentence, self.facts = sentence, facts
        super().__init__(gettext(sentence).format(**facts))


def parse_minor(text: str, *, currency: str) -> int:
    """Read "12.34" as 1234 minor units, exactly. Raises: BadAmount.

    Never rounds: more decimals than the currency has is an error of whoever wrote it.
    """
    cleaned = text.strip()
    if cleaned.startswith("-"):
        raise BadAmount(gettext_noop("An amount cannot be negative."))
    found = _AMOUNT.fullmatch(cleaned)
    if found is None and _is_of_another(cleaned, currency):
        said = gettext_noop("“{typed}” is not in {currency}. Amounts here are; write 12.34.")
        raise BadAmount(said, typed=cleaned[:40], currency=currency)
    if found is None:
        said = gettext_noop("“{typed}” is not an amount; write it like 12.34.")
        raise BadAmount(said, typed=cleaned[:40])
    decimals = found["decimals"] or ""
    exponent = get_currency_precision(currency)
    if len(decimals.rstrip("0")) > exponent:
        said = gettext_noop("{currency} has {count} decimals; “{typed}” has more.")
        raise BadAmount(said, currency=currency, count=exponent, typed=cleaned[:40])
    minor = int(found["whole"] + decimals[:exponent].ljust(exponent, "0"))
    if minor > MAX_MINOR:
        raise BadAmount(gettext_noop("The amount is too large."))
    return minor


def _is_of_another(text: str, currency: str) -> bool:
    """Tell whether a text is an amount with the code or the sign of another currency.

    The dollar's sign is that of every currency here.
    """
    code = _DIGITS.sub("", text).upper()
    if code in ("", text.upper(), currency, "$"):
        return False
    return code in list_currencies() or (len(code) == 1 and category(code) == "Sc")


class _Look(NamedTuple):
    """How amounts of a currency are written somewhere. point: between units and minor units."""

    before: str
    separator: str
    point: str
    exponent: int
    after: str


def format_minor(amount_minor: int, currency: str, *, locale: str = "en_US") -> str:
    """Write 1234 USD as "$12.34" for that locale; what is below zero with a minus, no hyphen.

    Babel writes one amount, and the others are written like it: it takes fifteen times as long.
    """
    look = _look(currency, locale, is_negative=amount_minor < 0)
    whole, minor = divmod(abs(amount_minor), 10**look.exponent)
    units = f"{whole:,}".replace(",", look.separator)
    decimals = f"{look.point}{minor:0{look.exponent}}" if look.exponent else ""
    return f"{look.before}{units}{decimals}{look.after}"


@cache
def _look(currency: str, locale: str, *, is_negative: bool) -> _Look:
    """Read off a written amount how all are written. Raises: ValueError where one cannot."""
    exponent = get_currency_precision(currency)
    shown = "1234567" + "8" * exponent
    amount = Decimal(-int(shown) if is_negative else int(shown)).scaleb(-exponent)
    written = format_currency(amount, currency, locale=locale)
    groups = rf"(\D*)1(?P<by>\D*)234(?P=by)567(\D*?)8{{{exponent}}}(\D*)"
    found = re.fullmatch(groups, written, re.ASCII)
    if found is None:
        raise ValueError(f"{written} is not in groups of three digits")
    before, separator, point, after = found.groups()
    before = before.replace("-", "\N{MINUS SIGN}")
    return _Look(before, separator, point, exponent, after)


def plain_decimal(amount_minor: int, currency: str) -> str:
    """Write 1234 USD as "12.34": for form fields and machine formats."""
    exponent = get_currency_precision(currency)
    return f"{Decimal(amount_minor).scaleb(-exponent):.{exponent}f}"


def plain_micros(amount_micros: int, currency: str) -> str:
    """Write 12345 micros of USD as "0.012345": for machine formats."""
    whole, rest = divmod(amount_micros, MICROS_PER_MINOR)
    return f"{plain_decimal(whole, currency)}{rest:04d}"


def share(amount_minor: int, rate: Decimal) -> int:
    """Return amount × rate rounded half up to a whole minor unit."""
    return int((Decimal(amount_minor) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts sum to it exactly (largest remainder).

    weights: not negative, not all zero. Equal remainders go to the earlier part.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and must not all be zero")
    parts = [amount_minor * weight // total for weight in weights]
    remainders = [amount_minor * weight % total for weight in weights]
    missing = amount_minor - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:missing]:
        parts[index] += 1
    return parts
