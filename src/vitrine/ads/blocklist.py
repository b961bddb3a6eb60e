"""What the operator lets nobody advertise: how the lists are read, and what is on them anyway.

Pure: the settings read it. Applied in ``models/blocked.py`` and to bids from outside.
"""

import re
from collections.abc import Iterable

from vitrine.kernel.text import folded, line

NOWHERE = ("IAB25", "IAB26")
"""Of the IAB's tree: hate and profanity, and what is against the law."""
_OF_IAB = re.compile(r"IAB\d{1,3}(-\d{1,3})?")
_KEY = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")


def categories(text: str) -> tuple[str, ...]:
    """Read places in our tree, such as "home/knives", and of the IAB's, such as "IAB7-39".

    Raises: ValueError.
    """
    found = tuple(dict.fromkeys(re.split(r"[\s,]+", text.strip()))) if text.strip() else ()
    for one in found:
        if not (_OF_IAB.fullmatch(one) or _KEY.fullmatch(one)):
            raise ValueError(f"list categories such as home/knives or IAB7-39, and not {one!r}")
    return found


def words(text: str) -> tuple[str, ...]:
    """Read words and phrases with commas between, folded. Raises: ValueError."""
    found = tuple(dict.fromkeys(filter(None, (folded(line(one)) for one in text.split(",")))))
    for one in found:
        if not 2 <= len(one) <= 60:
            raise ValueError(f"list words of 2 to 60 letters, and not {one!r}")
    return found


def of_iab(listed: Iterable[str]) -> tuple[str, ...]:
    """Return the places in the IAB's tree that nobody outside may bid for."""
    return (*NOWHERE, *(one for one in listed if _OF_IAB.fullmatch(one)))


def is_in(key: str, branches: Iterable[str], parted: str = "/") -> bool:
    """Tell whether a place in a tree is one of some, or below."""
    return any(key == one or key.startswith(f"{one}{parted}") for one in branches)
