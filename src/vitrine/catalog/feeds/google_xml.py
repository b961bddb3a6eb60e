"""Google Merchant XML: RSS 2.0 items or Atom entries, read piece by piece.

A document type is refused before anything in it is looked at, so no entity is ever expanded. Texts,
tags, depth and the number of elements in an item are bounded, so memory is too.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext_noop

from vitrine.catalog.feeds.google_product import Offer
from vitrine.catalog.feeds.records import MAX_RECORD, PIECE
from vitrine.catalog.feeds.rows import FeedRefused
from vitrine.catalog.feeds.saying import Said

ITEMS = ("item", "{http://www.w3.org/2005/Atom}entry")
MORE_PICTURES = "additional_image_link"
MAX_DEPTH = 32
MAX_ELEMENTS = 500
MAX_SILENCE = 1 << 20
"""Bytes without one finished tag or text: a tag that long is an attack, not an offer."""


class _Reader:
    """What the parser tells, put together into offers. finished: those not taken yet."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.finished: list[Offer] = []
        self.heard = 0
        self.items = 0
        self._depth = 0
        self._item_depth: int | None = None
        self._offer = Offer(0)
        self._elements = 0
        self._texts: list[str] = []
        self._length = 0

    @property
    def line(self) -> int:
        """Where the parser stands."""
        return int(self.parser.parser.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an item, or an element of one."""
        self.heard += 1
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise FeedRefused(
                gettext_noop("Elements are nested too deeply."),
                gettext_noop("Export it again."),
                line=self.line,
            )
        if self._item_depth is None:
            if tag in ITEMS:
                self._item_depth, self._elements = self._depth, 0
                self._offer = Offer(self.line)
        elif self._elements > MAX_ELEMENTS:
            raise FeedRefused(
                gettext_noop("An item has too many elements."),
                gettext_noop("Export it again."),
                line=self.line,
                where="item",
            )
        elif self._depth == self._item_depth + 1:
            self._texts, self._length = [], 0

    def data(self, text: str) -> None:
        """Take the text of an item's own element; what lies deeper (shipping) is left alone."""
        self.heard += 1
        if self._item_depth is not None and self._depth == self._item_depth + 1:
            self._length += len(text)
            if self._length <= MAX_RECORD:
                self._texts.append(text)

    def end(self, tag: str) -> None:
        """Close an element of an item, or the item."""
        self.heard += 1
        if self._item_depth is not None:
            if self._depth == self._item_depth + 1:
                self._keep(tag.rpartition("}")[2].lower())
            elif self._depth == self._item_depth:
                self.finished.append(self._offer)
                self.items += 1
                self._item_depth = None
        self._depth -= 1

    def close(self) -> None:
        """End of the file; the parser calls this."""

    def _keep(self, name: str) -> None:
        value = "".join(self._texts)
        if self._length > MAX_RECORD:
            self._offer.oversized.add(name)
            value = ""
        if name == MORE_PICTURES:
            self._offer.pictures.append(value)
        elif name in self._offer.cells:
            self._offer.repeated.add(name)
        else:
            self._offer.cells[name] = value


def offers_of_xml(stream: BinaryIO) -> Iterator[Offer]:
    """Yield the offers of the file from its start. Raises: FeedRefused."""
    stream.seek(0)
    reader = _Reader()
    reader.parser = DefusedXMLParser(target=reader, forbid_dtd=True)
    heard, silence = 0, 0
    while piece := stream.read(PIECE):
        _advance(reader, piece)
        yield from reader.finished
        reader.finished.clear()
        silence = silence + len(piece) if reader.heard == heard else 0
        heard = reader.heard
        if silence > MAX_SILENCE:
            raise FeedRefused(
                gettext_noop("A tag is far too long."),
                gettext_noop("Export it again."),
                line=reader.line,
            )
    _advance(reader, b"")
    if not reader.items:
        raise FeedRefused(
            gettext_noop("The file is XML, but holds no <item> or <entry>."),
            gettext_noop("Export a Google Merchant feed in RSS 2.0 or Atom."),
        )


def _advance(reader: _Reader, piece: bytes) -> None:
    """Let the parser read on; an empty piece ends the file. Raises: FeedRefused."""
    try:
        if piece:
            reader.parser.feed(piece)
        else:
            reader.parser.close()
    except DefusedXmlException:
        raise FeedRefused(
            gettext_noop(
                "The file declares a document type or entities; such files can be attacks."
            ),
            gettext_noop("Remove the DOCTYPE; a product feed needs none."),
            line=reader.line,
            where="DOCTYPE",
        ) from None
    except (ParseError, LookupError, ValueError) as broken:
        raise FeedRefused(
            Said(gettext_noop("The XML is broken: {broken}."), broken=broken),
            gettext_noop(
                "Export it again, or close the element that is left open. Nothing was imported."
            ),
            line=reader.line,
            where="XML",
        ) from None
