"""Google Merchant TSV: a header row, then one offer a line, tabs between cells, no quoting."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import cells
from vitrine.catalog.feeds.google_product import Offer
from vitrine.catalog.feeds.records import Record, as_text, lines
from vitrine.catalog.feeds.rows import FeedRefused
from vitrine.catalog.feeds.saying import Said

REQUIRED = ("id", "title", "price")
MORE_PICTURES = "additional_image_link"


def offers_of_tsv(stream: BinaryIO, encoding: str) -> Iterator[Offer]:
    """Yield the offers of the file from its start. Raises: FeedRefused."""
    records = lines(as_text(stream, encoding))
    header = _header(next(records, None))
    for record in records:
        if record.text is None:
            fault = (
                gettext_noop("The row is longer than any offer needs."),
                gettext_noop("Shorten its cells."),
            )
            yield Offer(record.line, {"id": record.head.split("\t")[0][:80]}, fault=fault)
        elif record.text.strip():
            yield _offer(record.line, record.text.split("\t"), header)


def _offer(line: int, values: list[str], header: list[str]) -> Offer:
    offer = Offer(line, dict(zip(header, values, strict=False)))
    if len(values) != len(header):
        offer.fault = (
            Said(
                gettext_noop("The row has {number} cells where the header has {expected}."),
                number=len(values),
                expected=len(header),
            ),
            gettext_noop("Check for a missing or an extra tab, or a row that was cut off."),
        )
    offer.pictures = offer[MORE_PICTURES].split(",")
    return offer


def _header(record: Record | None) -> list[str]:
    words = (record.text or "").split("\t") if record else []
    names = [cells.plain(word).lower().removeprefix("g:").replace(" ", "_") for word in words[:500]]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise FeedRefused(
            Said(gettext_noop("The header row lacks {names}."), names=", ".join(missing)),
            gettext_noop("Name the columns as Google Merchant does, with tabs between them."),
            line=1,
            where="header",
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FeedRefused(
            Said(gettext_noop("The header row names {names} twice."), names=", ".join(twice)),
            gettext_noop("Keep one column of each name."),
            line=1,
            where="header",
        )
    return names
