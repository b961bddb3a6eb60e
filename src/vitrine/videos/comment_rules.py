"""Which comments wait for their creator. Pure: no query, no clock."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext

from vitrine.kernel import text

MOST_WORDS = 300
LONGEST_WORD = 60
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, kana, Han: no spaces between words."""


def words(typed: str) -> list[str]:
    """Read a list of words or phrases, parted by commas or lines; each once, in their order."""
    read = (text.line(each) for each in re.split(r"[,\n]", typed))
    return list(dict.fromkeys(word.casefold() for word in read if word))


def objection(listed: Sequence[str]) -> str | None:
    """Say why a list may not be kept, or None when it may."""
    if len(listed) > MOST_WORDS:
        sentence = gettext("At most {most} words or phrases; this list has {number}.")
        return sentence.format(most=MOST_WORDS, number=len(listed))
    longest = max(listed, key=len, default="")
    if len(longest) > LONGEST_WORD:
        sentence = gettext("“{word}…” is too long: at most {most} characters each.")
        return sentence.format(word=longest[:20], most=LONGEST_WORD)
    return None


def hits(said: str, listed: Sequence[str]) -> bool:
    """Tell whether a comment holds a listed word or phrase, in any case, accented or not."""
    comment = text.folded(said)
    return any(re.search(_pattern(text.folded(word)), comment) for word in listed)


def finder(listed: Sequence[str]) -> "re.Pattern[str] | None":
    """Return what finds any of the words in a folded text, for many texts; None for no word."""
    patterns = [_pattern(text.folded(word)) for word in listed]
    return re.compile("|".join(patterns)) if patterns else None


def _pattern(word: str) -> str:
    """Return what finds a word, whole wherever its script parts words by spaces."""
    literal = re.escape(word)
    return literal if _UNSPACED.search(word) else rf"(?<!\w){literal}(?!\w)"
