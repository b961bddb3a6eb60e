"""What Shopify's file says of one market: whether a product is sold there, and for how much.

A cell is one country with one currency. Of a shop that sells in several, each cell reads the
columns of its own country; nothing is converted. Source: docs/adr/0082-price-lists.md.
"""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds.rows import FeedItem, Finding, Severity
from vitrine.catalog.feeds.saying import Said

INCLUDED, PRICE, BEFORE = "Included / ", "Price / ", "Compare At Price / "


def of(header: Sequence[str], countries: Collection[str]) -> str:
    """Return how the file calls the market of a country; "" where it has no columns for it."""
    called = {name.casefold() for name in countries}
    for column in header:
        for kind in (PRICE, INCLUDED):
            market = column.removeprefix(kind)
            if market != column and market.casefold() in called:
                return market
    return ""


def columns(market: str) -> list[str]:
    """Return the columns of a market, in the order in which Shopify writes them."""
    return [f"{kind}{market}" for kind in (INCLUDED, PRICE, BEFORE)] if market else []


def not_converted(market: str, *, currency: str, line: int) -> FeedItem:
    """Return the note on a file that leaves a price of its market open, once for the whole file."""
    note = Finding(
        Severity.NOTE,
        line,
        f"{PRICE}{market}",
        Said(
            gettext_noop("Where this is empty, “Variant Price” is read as {currency}."),
            currency=currency,
        ),
        gettext_noop("Fill it in where the price differs; nothing is converted."),
    )
    return FeedItem("", line, None, (note,))
