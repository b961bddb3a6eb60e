"""Google Merchant offers, from XML or TSV: offers with the same item_group_id are one product."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import google_product
from vitrine.catalog.feeds.google_product import Offer
from vitrine.catalog.feeds.google_tsv import offers_of_tsv
from vitrine.catalog.feeds.google_xml import offers_of_xml
from vitrine.catalog.feeds.records import encoding_of
from vitrine.catalog.feeds.rows import (
    MAX_VARIANTS,
    FeedItem,
    Notebook,
    read_as_windows_1252,
    refused,
)
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.feeds.seen import Seen

MAX_WAITING = 5_000
"""Offers held until the rest of their group has come; more than that must stand together."""


def read_xml(stream: BinaryIO, *, currency: str) -> Iterator[FeedItem]:
    """Yield each product of an RSS or Atom feed. Raises: FeedRefused."""
    yield from _read(lambda: offers_of_xml(stream), currency=currency)


def read_tsv(stream: BinaryIO, *, currency: str) -> Iterator[FeedItem]:
    """Yield each product of a tab-separated feed. Raises: FeedRefused."""
    encoding = encoding_of(stream)
    if encoding == "cp1252":
        yield read_as_windows_1252()
    yield from _read(lambda: offers_of_tsv(stream, encoding), currency=currency)


def _read(open_offers: Callable[[], Iterator[Offer]], *, currency: str) -> Iterator[FeedItem]:
    """Read the file twice: first to count each group's offers, then for the offers themselves.

    So a file that breaks off in its middle imports nothing, and a group is complete when its last
    offer has come, wherever in the file that is.
    """
    missing = Seen()
    for offer in open_offers():
        if offer.group:
            missing.count(offer.group, 1)
    waiting: dict[str, list[Offer]] = {}
    ids, keys = Seen(), Seen()
    for offer in open_offers():
        group = offer.group
        if not group:
            yield google_product.judged([offer], currency=currency, ids=ids, keys=keys)
            continue
        is_last = missing.count(group, -1) == 0
        held = waiting.setdefault(group, [])
        if len(held) <= MAX_VARIANTS:
            held.append(offer)
        if is_last:
            yield google_product.judged(waiting.pop(group), currency=currency, ids=ids, keys=keys)
        elif sum(map(len, waiting.values())) > MAX_WAITING:
            yield _scattered(waiting.pop(group))


def _scattered(offers: list[Offer]) -> FeedItem:
    """Refuse a group whose offers stand too far apart to be held until the last has come."""
    group, line = offers[0].group, offers[0].line
    notes = Notebook(group)
    notes.error(
        line,
        "item_group_id",
        Said(
            gettext_noop("The offers of the group “{group}” are scattered over the file."),
            group=group[:40],
        ),
        gettext_noop("Sort the feed by item_group_id."),
    )
    return refused(group, line, notes.findings)
