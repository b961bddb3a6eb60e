"""When two comments say the same. Pure: no query, no clock."""

import hashlib
import unicodedata
from datetime import timedelta

from vitrine.kernel import text

WITHIN = timedelta(minutes=10)
MOST_VOICES, MOST_TRUSTED_VOICES = 3, 12
"""How many may have said the same long thing within that time, before a newcomer or another."""
LEAST_LETTERS = 16
"""Shorter ones are said by many without any plan: "love this"."""


def most_voices(*, is_new: bool) -> int:
    """Return from how many others on the same words are held. Whole crowds ask for "size 38"."""
    return MOST_VOICES if is_new else MOST_TRUSTED_VOICES


def echo(said: str) -> int | None:
    """Return a number that is the same for texts which say the same, or None for a short one.

    Letters alone count: machines vary digits, blanks, signs, emoji, capitals and accents.
    A letter of a script without spaces counts twice.
    """
    letters = [c for c in text.folded(said) if unicodedata.category(c).startswith("L")]
    weight = sum(2 if unicodedata.category(c) == "Lo" else 1 for c in letters)
    if weight < LEAST_LETTERS:
        return None
    digest = hashlib.blake2b("".join(letters).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
