"""Which handles may be taken. Pure: no query, no clock."""

import re

from django.utils.translation import gettext

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_.]{1,22}[a-z0-9])\Z")
RESERVED = frozenset(
    "about account admin administrator api cart desk everyone feed following help legal login "
    "market me moderator official operator orders payments root safety search security sell "
    "settings shop signup staff static studio support system transparency upload vitrine watch "
    "www".split()
)
LOOKALIKE_FROM, LOOKALIKE_TO = "01._", "ol"
LOOKALIKE_PAIRS = (("rn", "m"), ("vv", "w"))
"""What reads alike is one handle: 0 is o, 1 is l, dots and lines do not tell people apart, and
"rn" is m at a glance.

The same translation is a unique index in the database (``Person.Meta``)."""
_SAME = str.maketrans(
    LOOKALIKE_FROM[: len(LOOKALIKE_TO)], LOOKALIKE_TO, LOOKALIKE_FROM[len(LOOKALIKE_TO) :]
)


def normal(typed: str) -> str:
    """Return a handle as it is stored: lower case, without an @ or blanks around it."""
    return typed.strip().removeprefix("@").lower()


def skeleton(handle: str) -> str:
    """Return what a hurried reader sees; equal skeletons look alike."""
    seen = handle.translate(_SAME)
    for pair, letter in LOOKALIKE_PAIRS:
        seen = seen.replace(pair, letter)
    return seen


def objection(handle: str) -> str | None:
    """Say why a normal handle may not be taken by anybody, or None when it may."""
    if not handle.isascii():
        return gettext("Use the plain letters a to z, digits, dots and underscores only.")
    if not 3 <= len(handle) <= 24:
        return gettext("A handle has 3 to 24 characters.")
    if not HANDLE.match(handle):
        return gettext(
            "Use letters, digits, dots and underscores; begin and end with a letter or digit."
        )
    if ".." in handle or "__" in handle:
        return gettext("Two dots or underscores in a row are hard to read; use one.")
    if _blurred(handle) in _RESERVED:
        return gettext("This handle is kept for Vitrine itself. Choose another.")
    return None


def _blurred(handle: str) -> str:
    """Return what still reads like one of our own names: "adm1n", "0fficia1", "rnoderator"."""
    return skeleton(handle).translate(str.maketrans("i345", "leas"))


_RESERVED = frozenset(_blurred(name) for name in RESERVED)
