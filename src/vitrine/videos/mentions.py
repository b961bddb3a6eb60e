"""Find @handles and #hashtags in what people write. Pure: no query, no clock."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

MOST_OF_A_KIND = 10
"""Of one text: more is shouting, and is left as plain words."""
LONGEST_HASHTAG = 40

_FOUND = re.compile(
    r"(?<![\w@#&/.])(?:"
    r"@(?P<handle>[A-Za-z0-9][A-Za-z0-9_.]{1,22}[A-Za-z0-9])(?![\w@])"
    rf"|[#\uFF03](?P<word>\w{{1,{LONGEST_HASHTAG}}})(?![\w#])"
    r")"
)


class Kind(StrEnum):
    """What a piece of a text is."""

    PLAIN = "plain"
    MENTION = "mention"
    HASHTAG = "hashtag"


class Piece(NamedTuple):
    """A stretch of text as written. name: the handle in small letters, or the hashtag's word."""

    kind: Kind
    text: str
    name: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """Yield a text piece by piece; joined again, the pieces are the text."""
    counts = {Kind.MENTION: 0, Kind.HASHTAG: 0}
    last = 0
    for found in _FOUND.finditer(text):
        kind = Kind.MENTION if found["handle"] else Kind.HASHTAG
        word = unicodedata.normalize("NFKC", found["word"] or "")
        if counts[kind] >= MOST_OF_A_KIND or (word and not any(map(str.isalpha, word))):
            continue
        counts[kind] += 1
        if found.start() > last:
            yield Piece(Kind.PLAIN, text[last : found.start()])
        yield Piece(kind, found[0], word or found["handle"].lower())
        last = found.end()
    if last < len(text):
        yield Piece(Kind.PLAIN, text[last:])


def handles(*texts: str) -> list[str]:
    """Return the handles that texts mention, each once, in their order."""
    found = (p.name for text in texts for p in pieces(text) if p.kind is Kind.MENTION)
    return list(dict.fromkeys(found))
