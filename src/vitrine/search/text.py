"""Words as they are searched: one way to write each, whatever its accents, case and script.

Pure. The SQL function ``search_tokens`` (migration 0002) does the same to what is searched; a test
compares the two, character by character. Everything is spelt out, so that neither depends on a
locale. Source: docs/adr/0031-search.md.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString

LONGEST = 40
"""Characters of a word that count."""
MOST_WORDS = 8
"""Words of a query that count."""
SHORTEST_PREFIX = 3
"""An unfinished word of fewer letters would stand for half the dictionary."""

REMOVED = (
    r"[\u0027\u00ad\u02b9-\u02bf\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4"
    r"\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u2018\u2019\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff"
    r"\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]"
)
"""Accents, vowel points, apostrophes, and what is not seen at all."""
SEPARATORS = (
    r"[\u0001-\u0022\u0024-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4"
    r"\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    r"\u2000-\u206f\u2190-\u22ff\u2e00-\u2e7f\u3000-\u303f\u30fb]+"
)
WRITTEN_WITHOUT_SPACES = r"([\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff])"
"""Kana and Han: each character is a word."""
SPELT_OUT = {
    "ß": "ss",
    "ẞ": "ss",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "þ": "th",
    "Þ": "th",
}
CAPITALS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς"
    "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ"
    "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ"
    "ĐđĦħŁłØøŦŧŊŋÐðı"
)
SMALL = (
    "abcdefghijklmnopqrstuvwxyz"
    "αβγδεζηθικλμνξοπρστυφχψωσ"
    "абвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ"
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ"
    "ddhhlloottnnddi"
)

_removed = re.compile(REMOVED)
_separators = re.compile(SEPARATORS)
_unspaced = re.compile(WRITTEN_WITHOUT_SPACES)
_small = str.maketrans({**dict(zip(CAPITALS, SMALL, strict=True)), **SPELT_OUT})
_pieces = re.compile(r"([^\W_]+)")


def folded(text: str) -> str:
    """Return text without accents, marks and capitals."""
    return _removed.sub("", unicodedata.normalize("NFKD", text)).translate(_small)


def tokens(text: str) -> list[str]:
    """Return the words of a text in their order, hashtags with their ``#``."""
    spaced = _unspaced.sub(r" \1 ", re.sub("#+", " #", folded(text.replace("\0", " "))))
    found = (token[:LONGEST] for token in _separators.split(spaced))
    return [token for token in found if token.strip("#")]


Term = tuple[str, bool]
"""A word that is searched, and whether it stands for all that begin with it."""


def terms(words: Sequence[Sequence[str]], *, is_finished: bool = False) -> list[list[Term]]:
    """Return words as they are searched, each with what may stand in for it.

    The last word may be unfinished: it stands for all that begin with it.
    """
    found = [[(choice, False) for choice in choices] for choices in words]
    if found and not is_finished and may_be_unfinished(words[-1][0]):
        found[-1][0] = (words[-1][0], True)
    return found


def query(words: Sequence[Sequence[str]], *, is_finished: bool = False) -> str:
    """Write the words as Postgres reads a ``tsquery``."""
    return " & ".join(
        f"({' | '.join(_written(term) for term in choices)})"
        for choices in terms(words, is_finished=is_finished)
    )


def _written(term: Term) -> str:
    word, is_begun = term
    return f"'{word}':*" if is_begun else f"'{word}'"


def may_be_unfinished(word: str) -> bool:
    """Tell whether a word, taken as a beginning, stands for few enough others."""
    return len(word.lstrip("#")) >= SHORTEST_PREFIX


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Return text as HTML with the words that were found in ``<mark>``. words: as searched."""
    whole, begun = {word.lstrip("#") for word in words}, words[-1].lstrip("#") if words else ""

    def is_found(piece: str) -> bool:
        return any(
            token in whole or (may_be_unfinished(begun) and token.startswith(begun))
            for token in _bare(piece)
        )

    # Escaped in one go: a page has hundreds of words, and format_html costs more than the search.
    html = "".join(
        f"<mark>{escape(piece)}</mark>" if place % 2 and is_found(piece) else escape(piece)
        for place, piece in enumerate(_pieces.split(text))
    )
    return SafeString(html)


@lru_cache(maxsize=4_096)
def _bare(piece: str) -> tuple[str, ...]:
    return tuple(token.lstrip("#") for token in tokens(piece))
