"""Find @handles and #words in what people write. Pure: no query, no clock."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

MOST_OF_A_KIND = 10
"""Of one text: more is shouting, and is left as plain words."""
LONGEST_WORD = 50

_FOUND = re.compile(
    r"(?<![\w@#&/.])(?:"
    r"@(?P<handle>[A-Za-z0-9][A-Za-z0-9_.]{1,22}[A-Za-z0-9])(?![\w@])"
    rf"|[#\uFF03](?P<word>\w{{1,{LONGEST_WORD}}})(?![\w#])"
    r")"
)


class Kind(StrEnum):
    """What a piece of a text is."""

    PLAIN = "plain"
    MENTION = "mention"
    HASHTAG = "hashtag"


class Piece(NamedTuple):
    """A stretch of text as written. name: the handle or the hashtag's word, as they are stored."""

    kind: Kind
    text: str
    name: str = ""


def normal_word(word: str) -> str:
    """Return a hashtag's word as it is stored: "Été" and "ÉTÉ" are one; "Ete" is another."""
    return unicodedata.normalize("NFKC", word.casefold())


def pieces(text: str) -> Iterator[Piece]:
    """Yield a text piece by piece; joined again, the pieces are the text."""
    counts = {Kind.MENTION: 0, Kind.HASHTAG: 0}
    last = 0
    for found in _FOUND.finditer(text):
        kind = Kind.MENTION if found["handle"] else Kind.HASHTAG
        name = found["handle"].lower() if found["handle"] else normal_word(found["word"])
        is_number = kind is Kind.HASHTAG and not any(char.isalpha() for char in name)
        if is_number or len(name) > LONGEST_WORD or counts[kind] >= MOST_OF_A_KIND:
            continue
        counts[kind] += 1
        if found.start() > last:
            yield Piece(Kind.PLAIN, text[last : found.start()])
        yield Piece(kind, found[0], name)
        last = found.end()
    if last < len(text):
        yield Piece(Kind.PLAIN, text[last:])


def handles(*texts: str) -> list[str]:
    """Return the handles that texts mention, each once, in their order."""
    return _names(Kind.MENTION, texts)


def hashtags(*texts: str) -> list[str]:
    """Return the words of the hashtags in texts, each once, in their order."""
    return _names(Kind.HASHTAG, texts)


def _names(kind: Kind, texts: tuple[str, ...]) -> list[str]:
    found = (piece.name for text in texts for piece in pieces(text) if piece.kind is kind)
    return list(dict.fromkeys(found))
