"""Which rate holds for a creator: a rise at once, a cut once 30 days are over. Pure.

What was offered within the last 30 days, and not before the creator took it, still holds: the rate
of a moment is the highest of those. Nothing is written when a cut comes into force, so that no
timer can be late with it, and the same facts say what held at any sale of the past.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

PROTECTED = timedelta(days=30)
"""How long what was offered before still holds for those who took it."""
WHOLE_BP = 10_000
"""All of an amount, in basis points."""


@dataclass(frozen=True)
class Rate:
    """So much from a moment on. bp: hundredths of a percent; 0: nothing any more."""

    bp: int
    from_at: datetime


def course(offered: Sequence[Rate], *, taken_at: datetime) -> list[Rate]:
    """Return what holds for a creator who took an offer at a moment, from when, oldest first.

    offered: what the shop said, oldest first, the first not after taken_at. What comes after now
    is what is announced. Neighbours differ.
    """
    turns = {taken_at}
    for one in offered:
        turns |= {one.from_at, one.from_at + PROTECTED}
    found: list[Rate] = []
    for turn in sorted(each for each in turns if each >= taken_at):
        bp = _highest(offered, after=max(taken_at, turn - PROTECTED), until=turn)
        if not found or found[-1].bp != bp:
            found.append(Rate(bp, turn))
    return found


def at_moment(steps: Sequence[Rate], at: datetime) -> Rate | None:
    """Return what holds at a moment, and since when; None before the offer was taken."""
    held = [step for step in steps if step.from_at <= at]
    return held[-1] if held else None


def announced(steps: Sequence[Rate], at: datetime) -> Rate | None:
    """Return the next change that is already certain."""
    return next((step for step in steps if step.from_at > at), None)


def _highest(offered: Sequence[Rate], *, after: datetime, until: datetime) -> int:
    """Return the most that was offered at any moment after one, and up to another.

    What was offered until exactly that first moment was not offered after it.
    """
    ends = [later.from_at for _, later in pairwise(offered)]
    return max(
        (
            one.bp
            for one, end in zip(offered, [*ends, None], strict=True)
            if one.from_at <= until and (end is None or end > after)
        ),
        default=0,
    )
