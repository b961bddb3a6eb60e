"""What single cells may hold: text, prices, stock. Each rule is written once for all formats."""

import re

from django.utils.translation import gettext_noop

from vitrine.catalog import descriptions
from vitrine.catalog.feeds import extras
from vitrine.catalog.feeds.rows import Notebook
from vitrine.catalog.feeds.saying import Said
from vitrine.kernel import money
from vitrine.kernel import text as shown

MAX_TEXT = 200
MAX_DESCRIPTION = 20_000
MAX_STOCK = 1_000_000
GRAMS = {"g": 1, "kg": 1000, "oz": 28.349523125, "lb": 453.59237}

AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?\Z")
FORMULA = re.compile(r"=|[+\-@]\S{0,60}[(|]")
"""What a spreadsheet would run: "=…", "+SUM(…", "-cmd|…". "-5 °C sleeping bag" is a title."""


def plain(text: str) -> str:
    """Return the text on one line, composed, without invisible characters."""
    return shown.line(text)


def text(cell: str, *, line: int, where: str, notes: Notebook, limit: int = MAX_TEXT) -> str:
    """Return a short text that is safe to show and to export again."""
    value = plain(cell)
    if extras.NEUTRALISED.match(value):
        value = extras.restored(value)
    elif FORMULA.match(value):
        notes.error(
            line,
            where,
            Said(gettext_noop("“{typed}” is a spreadsheet formula."), typed=value[:40]),
            gettext_noop("Write plain text that does not begin with =, +, - or @."),
        )
    if len(value) > limit:
        notes.error(
            line,
            where,
            Said(gettext_noop("The text has {number} characters."), number=len(value)),
            Said(gettext_noop("Shorten it to {most}."), most=limit),
        )
    return value


def description(cell: str, *, line: int, where: str, notes: Notebook) -> str:
    """Return an HTML cell as a description: paragraphs, lists and emphasis; scripts are gone."""
    value = descriptions.clean(extras.restored(cell))
    if len(value) > MAX_DESCRIPTION:
        notes.error(
            line,
            where,
            Said(gettext_noop("The description has {number} characters."), number=len(value)),
            Said(gettext_noop("Shorten it to {most}."), most=MAX_DESCRIPTION),
        )
    return value


def price_minor(cell: str, *, currency: str, line: int, where: str, notes: Notebook) -> int | None:
    """Read "12.34" in that currency, exactly. Never rounds, never guesses a separator."""
    value = plain(cell)
    if not value:
        notes.error(
            line,
            where,
            gettext_noop("The price is missing."),
            gettext_noop("Write a price like 12.34."),
        )
        return None
    if value.startswith("-") and AMOUNT.match(value[1:]):
        notes.error(
            line,
            where,
            Said(gettext_noop("The price {typed} is negative."), typed=value[:40]),
            gettext_noop("Write a price of 0 or more."),
        )
        return None
    if not AMOUNT.match(value):
        notes.error(
            line,
            where,
            Said(gettext_noop("“{typed}” is not a price."), typed=value[:40]),
            gettext_noop("Write digits and a point, like 1234.50."),
        )
        return None
    try:
        return money.parse_minor(value, currency=currency)
    except money.BadAmount as bad:
        notes.error(
            line,
            where,
            Said(bad.sentence, **bad.facts),
            Said(gettext_noop("Write a price in {currency} like 12.34."), currency=currency),
        )
        return None


def price_with_currency(
    cell: str, *, currency: str, line: int, where: str, notes: Notebook
) -> int | None:
    """Read "12.34 USD". Another currency than the shop's is refused by name, never converted."""
    amount, _, code = plain(cell).rpartition(" ")
    if not amount or not re.fullmatch(r"[A-Za-z]{3}", code):
        notes.error(
            line,
            where,
            Said(
                gettext_noop("“{typed}” is not a price with its currency."), typed=plain(cell)[:40]
            )
            if cell.strip()
            else gettext_noop("The price is missing."),
            Said(
                gettext_noop("Write the amount and the currency, like 12.34 {currency}."),
                currency=currency,
            ),
        )
        return None
    if code.upper() != currency:
        notes.error(
            line,
            where,
            Said(
                gettext_noop("The price is in {code}, but this shop sells in {currency}."),
                code=code.upper(),
                currency=currency,
            ),
            Said(
                gettext_noop("Give the price in {currency}; nothing is converted."),
                currency=currency,
            ),
        )
        return None
    return price_minor(amount, currency=currency, line=line, where=where, notes=notes)


def stock(cell: str, *, line: int, where: str, notes: Notebook) -> int | None:
    """Read a count of things in stock. An empty cell says nothing about stock."""
    value = plain(cell)
    if not value:
        return None
    if re.fullmatch(r"-[0-9]{1,9}", value):
        notes.note(
            line,
            where,
            Said(gettext_noop("The stock {typed} is negative and was read as 0."), typed=value),
            gettext_noop("Count again."),
        )
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) > MAX_STOCK:
        notes.error(
            line,
            where,
            Said(gettext_noop("“{typed}” is not a count."), typed=value[:40]),
            Said(gettext_noop("Write a whole number from 0 to {most}."), most=f"{MAX_STOCK:,}"),
        )
        return None
    return int(value)


def weight_g(cell: str, *, line: int, where: str, notes: Notebook) -> int:
    """Read a weight in grams; an empty cell says nothing."""
    value = plain(cell)
    if not value:
        return 0
    whole = re.fullmatch(r"([0-9]{1,7})(?:\.[0-9]{1,6})?", value)
    if whole is None:
        notes.note(
            line,
            where,
            Said(gettext_noop("“{typed}” is not a weight in grams."), typed=value[:40]),
            gettext_noop("Write like 500."),
        )
        return 0
    return int(whole[1])


def weight_with_unit(cell: str) -> int:
    """Read "500 g", "1.2 kg", "8 oz" or "2 lb" in grams; what is not such says nothing."""
    found = re.fullmatch(r"([0-9]{1,7}(?:\.[0-9]{1,6})?) ?(g|kg|oz|lb)", plain(cell).lower())
    return int(float(found[1]) * GRAMS[found[2]] + 0.5) if found else 0
