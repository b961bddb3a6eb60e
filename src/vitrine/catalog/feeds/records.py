"""Cutting a text file into records without ever holding more than one of bounded size."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds.rows import FeedRefused

MAX_RECORD = 256 * 1024
"""Characters of one record: ten times the longest description, far below what hurts."""
PIECE = 64 * 1024
HEAD = 200
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file. line: where it begins. text: None when it was too long to read.

    head: its first characters in any case, so that a finding can name the product.
    """

    line: int
    text: str | None
    head: str = ""


def encoding_of(stream: BinaryIO) -> str:
    """Name the encoding: what a byte order mark states, else UTF-8, else Windows-1252.

    Reads the whole stream once, in pieces, and leaves it at its start.
    """
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8"


class _Text(io.TextIOWrapper):
    """Text over a stream that stays open: a feed is read more than once."""

    def close(self) -> None:
        """Leave the stream to whoever opened it."""


def as_text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the stream as text, line ends as they are. What cannot be decoded becomes U+FFFD."""
    stream.seek(0)
    return _Text(stream, encoding=encoding, errors="replace", newline="\n")


def lines(text: io.TextIOBase) -> Iterator[Record]:
    """Yield the lines of a file; a line without an end in sight is skipped, not held."""
    line = 0
    while piece := text.readline(MAX_RECORD):
        line += 1
        if piece.endswith("\n") or len(piece) < MAX_RECORD:
            yield Record(line, piece.rstrip("\r\n"), piece[:HEAD])
            continue
        head = piece[:HEAD]
        while piece and not piece.endswith("\n"):
            piece = text.readline(MAX_RECORD)
        yield Record(line, None, head)


def quoted_records(text: io.TextIOBase) -> Iterator[Record]:
    """Yield the records of a CSV file; a quoted cell may hold line ends.

    Inside a record the quotes come in pairs, so that an even count ends it. A 50 MB cell is passed
    over while its quotes are counted, and reading goes on behind it.
    Raises: FeedRefused when a quote is never closed.
    """
    line = start = 1
    parts: list[str] = []
    size = quotes = 0
    head = ""
    while piece := text.readline(PIECE):
        head = head or piece[:HEAD]
        quotes += piece.count('"')
        size += len(piece)
        if size <= MAX_RECORD:
            parts.append(piece)
        else:
            parts.clear()
        if not piece.endswith("\n"):
            continue
        line += 1
        if quotes % 2 == 0:
            yield Record(start, "".join(parts) if size <= MAX_RECORD else None, head)
            start, size, quotes, head = line, 0, 0, ""
            parts.clear()
    if quotes % 2:
        raise FeedRefused(
            gettext_noop("A quotation mark is opened here and never closed."),
            gettext_noop(
                "Close it, or double it if it is part of the text; the rows after it were not read."
            ),
            line=start,
            where="row",
        )
    if size:
        yield Record(start, "".join(parts) if size <= MAX_RECORD else None, head)


def split_quoted(record: str) -> list[str] | None:
    """Return the cells of one CSV record, or None when its quotes do not fit together."""
    try:
        rows = list(csv.reader([record], strict=True))
    except csv.Error:
        return None
    return rows[0] if rows else []
