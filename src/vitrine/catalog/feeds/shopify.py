"""Shopify's product CSV: consecutive rows with the same handle make one product."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import BinaryIO

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import cells, shopify_markets, shopify_product
from vitrine.catalog.feeds.records import (
    Record,
    as_text,
    encoding_of,
    quoted_records,
    split_quoted,
)
from vitrine.catalog.feeds.rows import (
    MAX_PICTURES,
    MAX_VARIANTS,
    FeedItem,
    FeedRefused,
    Notebook,
    read_as_windows_1252,
)
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.feeds.seen import Seen
from vitrine.catalog.feeds.shopify_product import Group, Row

REQUIRED = ("Handle", "Title", "Variant Price")


def read(stream: BinaryIO, *, currency: str, countries: Collection[str] = ()) -> Iterator[FeedItem]:
    """Yield each product of the file, or why it stays out. Raises: FeedRefused.

    currency: the shop's, since this format states none. countries: by which names the file may
    call the country that it is read for. Holds one product at a time, and digests of the handles
    and SKUs seen so far.
    """
    encoding = encoding_of(stream)
    if encoding == "cp1252":
        yield read_as_windows_1252()
    handles, skus = Seen(), Seen()
    is_warned = False
    for group in _groups(stream, encoding, countries):
        if not is_warned and (open_ := _without_own_price(group)) is not None:
            is_warned = True
            yield shopify_markets.not_converted(open_.market, currency=currency, line=open_.line)
        earlier = handles.setdefault(group.key, group.line)
        if earlier != group.line:
            group.notes.error(
                group.line,
                "Handle",
                Said(
                    gettext_noop("The handle “{key}” was already used on line {earlier}."),
                    key=group.key,
                    earlier=earlier,
                ),
                gettext_noop("Give each product its own handle and keep its rows together."),
            )
        yield shopify_product.judged(group, currency=currency, skus=skus)


def _without_own_price(group: Group) -> Row | None:
    """Return a row that has no price for the market that is read for, if its file has them."""
    rows = (row for row in group.rows if row.market and row.sells and not row.has_own_price)
    return next(rows, None)


def _groups(stream: BinaryIO, encoding: str, countries: Collection[str]) -> Iterator[Group]:
    """Yield runs of rows with the same handle."""
    records = quoted_records(as_text(stream, encoding))
    header = _header(next(records, None))
    market = shopify_markets.of(header, countries)
    group: Group | None = None
    for record in _until_broken(records):
        if isinstance(record, FeedRefused):
            if group is not None:
                # The break may lie in the product being read: it stays out, and is named.
                group.notes.findings.append(replace(record.finding, product=group.key))
                yield group
            raise record
        if record.text is not None and not record.text.strip():
            continue
        values = None if record.text is None else split_quoted(record.text)
        fits = values is not None and len(values) == len(header)
        row = Row(record.line, dict(zip(header, values or (), strict=fits)), market)
        key = cells.plain(row["Handle"] if fits else record.head.split(",")[0].strip(' "'))[:200]
        if group is None or key != group.key:
            if group is not None:
                yield group
            group = Group(key, record.line, Notebook(key))
        if not fits:
            _complain_of_shape(group.notes, record, values, len(header))
        elif len(group.rows) < MAX_VARIANTS + MAX_PICTURES:
            group.rows.append(row)
        else:
            shopify_product.complain_of_size(group.notes, record.line)
    if group is not None:
        yield group


def _until_broken(records: Iterator[Record]) -> Iterator[Record | FeedRefused]:
    """Yield the records and, if the file breaks off, what is wrong with it as the last."""
    try:
        yield from records
    except FeedRefused as broken:
        yield broken


def _header(record: Record | None) -> list[str]:
    names = [
        cells.plain(name)
        for name in split_quoted(record.text if record and record.text else "") or []
    ]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise FeedRefused(
            Said(gettext_noop("The header row lacks {names}."), names=", ".join(missing)),
            gettext_noop("Export the products from Shopify again, or add the columns."),
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


def _complain_of_shape(
    notes: Notebook, record: Record, values: list[str] | None, expected: int
) -> None:
    if record.text is None:
        notes.error(
            record.line,
            "row",
            gettext_noop("The row is longer than any product needs."),
            gettext_noop("Shorten its cells."),
        )
    elif values is None:
        notes.error(
            record.line,
            "row",
            gettext_noop("The quotation marks of the row do not fit together."),
            gettext_noop("Put cells with commas in quotes, and double the quotes inside them."),
        )
    else:
        notes.error(
            record.line,
            "row",
            Said(
                gettext_noop("The row has {number} cells where the header has {expected}."),
                number=len(values),
                expected=expected,
            ),
            gettext_noop("Check for a missing or an extra comma, or a row that was cut off."),
        )
