"""Which part of the feed's auctions a campaign may enter: by whom it is for, caps and other gates.

Each process learns it from the auctions that it holds itself: arithmetic, no database. Until it has
seen any a campaign is held to be let into all, so that it begins slowly.
Source: docs/adr/0128-money-that-lasts.md.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vitrine.recommend.arrays import Counts, Doubles

LOOKS_BACK = 20_000
"""Auctions: enough to know a part of a hundredth, few enough to follow what people change."""


@dataclass
class _Counted:
    """What this process held. By campaign's slot: since which auction, and how many it entered."""

    held: int = 0
    slots: dict[int, int] = field(default_factory=dict)
    since: Doubles = field(default_factory=lambda: np.zeros(0))
    entered: Doubles = field(default_factory=lambda: np.zeros(0))
    lock: threading.Lock = field(default_factory=threading.Lock)


_counted = _Counted()


def slots(campaigns: Sequence[int]) -> Counts:
    """Return where some campaigns are counted, from now on."""
    of = _counted
    with of.lock:
        found = np.array([of.slots.setdefault(one, len(of.slots)) for one in campaigns], np.int64)
        new = len(of.slots) - len(of.since)
        of.since = np.concatenate([of.since, np.full(new, float(of.held))])
        of.entered = np.concatenate([of.entered, np.zeros(new)])
    return found


def note(entrants: Counts) -> None:
    """Note an auction. entrants: the slots of campaigns that could enter it, in any order."""
    _counted.held += 1
    _counted.entered[entrants] += 1  # a campaign that is there twice entered once


def part(campaign: int) -> float:
    """Return which part of auctions a campaign may enter, above 0. Forgets slowly what was."""
    of = _counted
    slot = of.slots.get(campaign)
    if slot is None:
        return 1.0
    held = of.held - float(of.since[slot])
    if held > LOOKS_BACK:
        of.since[slot] += held / 2
        of.entered[slot] /= 2
        held /= 2
    return float((of.entered[slot] + 1) / (held + 1))


def forget() -> None:
    """Know nothing of earlier auctions, as a process that begins."""
    _counted.held = 0
    _counted.since[:] = _counted.entered[:] = 0
