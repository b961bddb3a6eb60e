"""Opening a feed, whichever of the known layouts it has."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import BinaryIO

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import google, shopify
from vitrine.catalog.feeds.records import as_text, encoding_of
from vitrine.catalog.feeds.rows import FeedItem, FeedRefused

SNIFF = 4096


class Layout(StrEnum):
    """The feeds that can be read."""

    SHOPIFY_CSV = "Shopify CSV"
    GOOGLE_XML = "Google XML"
    GOOGLE_TSV = "Google TSV"


GOOGLE = {Layout.GOOGLE_XML: google.read_xml, Layout.GOOGLE_TSV: google.read_tsv}


def layout_of(stream: BinaryIO) -> Layout:
    """Tell the layout from the first line. stream: can seek. Raises: FeedRefused."""
    start = as_text(stream, encoding_of(stream)).read(SNIFF).lstrip("\ufeff \t\r\n")
    if not start:
        raise FeedRefused(
            gettext_noop("The file is empty."),
            gettext_noop("Choose the file that your shop exported."),
        )
    if start.startswith("<"):
        return Layout.GOOGLE_XML
    first_line = start.splitlines()[0]
    if "\t" in first_line:
        return Layout.GOOGLE_TSV
    if "," in first_line:
        return Layout.SHOPIFY_CSV
    raise FeedRefused(
        gettext_noop("This is neither a Shopify product CSV nor a Google Merchant feed."),
        gettext_noop("Export products from Shopify as CSV, or from Google Merchant as XML or TSV."),
        line=1,
    )


def read(
    stream: BinaryIO, layout: Layout, *, currency: str, countries: Collection[str] = ()
) -> Iterator[FeedItem]:
    """Yield each product of the file, or why it stays out. Raises: FeedRefused.

    currency: the shop's; a feed that states another is refused row by row, never converted.
    countries: by which names a file of several markets may call the one that is read. Google's
    feeds are of one country each.
    """
    if layout is Layout.SHOPIFY_CSV:
        return shopify.read(stream, currency=currency, countries=countries)
    return GOOGLE[layout](stream, currency=currency)
