"""What people type, made fit to keep and to show. Pure: no Django, no clock.

Text is NFC, has no control characters, and nothing in it can turn the direction of what stands
around it or hide in it: two texts that look the same are the same as far as that can be had.
"""

import re
import unicodedata

MOST_MARKS = 3
"""Combining marks on one letter. Any language needs fewer; more climb over the lines around."""

_ZWJ, _ZWNJ = "\u200d", "\u200c"
_JOINERS = frozenset({_ZWJ, _ZWNJ})
_SELECTORS = frozenset({"\ufe0e", "\ufe0f"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and marks by their category, and yet nothing is seen of them."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Controls, formats (bidi overrides, zero width), halves of characters, private, unassigned."""
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_PLAIN = re.compile(r"[\x20-\x7e\n\t]*")
"""Nothing to take out: most of what shops send, and a hundred thousand products have much of it."""


def line(typed: str) -> str:
    """Return one clean line: names, titles, descriptions."""
    return " ".join(visible(typed).split())


def lines(typed: str) -> str:
    """Return clean text that keeps its line ends, at most one empty line in a row: comments."""
    shown = _BLANKS.sub(" ", visible(typed))
    trimmed = "\n".join(each.strip() for each in shown.split("\n"))
    return _EMPTY_LINES.sub("\n\n", trimmed).strip()


def folded(text: str) -> str:
    """Return what is compared: no case, no accents, compatible forms ("ＦＲＥＥ") as one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", bare)


def visible(typed: str) -> str:
    """Return text without what is not seen; its blanks and its lines stay as they are.

    Joiners stay where they join something: emoji, Persian, Indic.
    """
    if _PLAIN.fullmatch(typed):
        return typed
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", typed))
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in {"Mn", "Me"} and char not in _SELECTORS and char not in _BLANK_LETTERS:
            marks += 1
            if marks <= MOST_MARKS:
                kept.append(char)
        elif char in _JOINERS:
            if kept and _may_join(kept[-1]):
                kept.append(char)
        elif char in "\n\t" or not (char in _BLANK_LETTERS or category in _UNSEEN):
            kept.append(char)
            marks = 0
    return re.sub("[\u200c\u200d]+(?=\\s|$)", "", "".join(kept))


def _may_join(before: str) -> bool:
    return before in _SELECTORS or (
        before not in _JOINERS and unicodedata.category(before) in {"Lo", "Mn", "Mc", "So", "Sk"}
    )
