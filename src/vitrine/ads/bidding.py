"""What campaigns bid that leave it to us: each is paced so that its budget lasts and buys the most.

Each process paces by the auctions that it holds itself. What a campaign may spend on a place, and
how many places are to come, is counted by all (``planning.py``), so a process that begins anew bids
what is usual at first, and makes up for nothing. Each placement is learnt by itself, at the same
money for a place. Source: docs/adr/0111-pacing-solves-anew.md.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import numpy as np

from vitrine.ads import auction, load
from vitrine.ads.auction import CERTAIN, Award, Places
from vitrine.ads.chances import USUAL
from vitrine.ads.models import Placement
from vitrine.ads.pacing import Pacer
from vitrine.ads.standing import Standing
from vitrine.ads.valuing import AUTOMATIC
from vitrine.recommend.arrays import Counts, Flags

ABOVE = 1.5
"""The first bid is so many times the least that a place takes."""
MOST_TIMES = 10.0
"""No bid is more than so many times the first, unless its advertiser says how much: what cannot
spend its budget pays no fortune."""
NOTED = 16
"""Campaigns that learn from one auction, drawn anew each time: all would take longer than it."""
SOLVED_EVERY_S = 1.0


@dataclass
class Bids:
    """The bids of all ads, until ads are read anew or a second passed.

    worths: what a showing of each is, in billionths of a micro. order: the ads, of which a showing
    is worth most first; of equals the lower id.
    """

    of: Standing
    solved_s: float
    micros: Counts
    worths: Counts
    order: Counts

    @classmethod
    def made(cls, of: Standing, micros: Counts, *, solved_s: float = 0.0) -> Self:
        """Say what showings are worth at some bids."""
        worths = auction.worths(micros, of.chances, of.costs_micros)
        return cls(of, solved_s, micros, worths, np.lexsort((of.ids, -worths)))


@dataclass
class _Paced:
    """The pacers of this process, by campaign and placement."""

    pacers: dict[tuple[int, Placement], Pacer] = field(default_factory=dict)
    bids: dict[Placement, Bids] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_paced = _Paced()


def first_bid(what: str) -> float:
    """Return what is bid for a view or click before anything was learnt, in micros."""
    return ABOVE * load.LEAST_MICROS / USUAL[what]


def bids(of: Standing, *, at: datetime) -> Bids:
    """Return what each ad bids for what it pays for. Queries: 0."""
    known, now_s = _paced.bids.get(of.placement), at.timestamp()
    if known is None or known.of is not of or abs(now_s - known.solved_s) >= SOLVED_EVERY_S:
        known = _paced.bids[of.placement] = Bids.made(of, _solved(of), solved_s=now_s)
    return known


def automatic(of: Standing, mask: Flags) -> Counts:
    """Return the lines of open ads that leave their bids to us."""
    return np.flatnonzero(mask & (of.values.bids_micros == AUTOMATIC))


def note(bids: Bids, mask: Flags, won: Sequence[Award], places: Places) -> None:
    """Learn from an auction what its places would have cost some of those that leave it to us.

    mask: of all ads those that the viewer could have been shown. won: by line of all.
    """
    of = bids.of
    open_lines = automatic(of, mask)
    if not len(open_lines) or not _paced.lock.acquire(blocking=False):
        return
    try:
        awards = {award.line: award for award in won}
        least = CERTAIN * (load.RESERVE_MICROS + min(places.costs_micros))
        if len(won) == places.most:
            least = max(min(int(bids.worths[line]) for line in awards), least)
        drawn = random.sample(range(len(open_lines)), min(NOTED, len(open_lines)))
        for line in open_lines[drawn].tolist():
            chance = float(of.chances[line]) / CERTAIN
            costs = least / CERTAIN + int(of.costs_micros[line])
            if line in awards:
                costs = float(awards[line].exact) * chance
            _pacer(of, line).note(chance * float(of.values.each[line]), costs)
    finally:
        _paced.lock.release()


def forget() -> None:
    """Know nothing of earlier auctions, as a process that begins."""
    _paced.pacers.clear()
    _paced.bids.clear()


def _pacer(of: Standing, line: int) -> Pacer:
    key = (of.lines[line].campaign, of.placement)
    found = _paced.pacers.get(key)
    if found is None:
        found = _paced.pacers[key] = _begun(of, line)
    return found


def _begun(of: Standing, line: int) -> Pacer:
    """Return how a campaign is paced of whose auctions nothing is known in this placement.

    It pays what it does in the feed, or what is usual. What it is to bring back is asked of its
    first bid as well.
    """
    one = of.lines[line]
    in_feed = _paced.pacers.get((one.campaign, Placement.FEED))
    if in_feed is not None:
        usual = _price(of, line, in_feed)
    else:
        usual = first_bid(one.billed) / max(float(of.values.each[line]), 1e-9)
    due = of.values.returns.get(one.campaign)
    if due is None:
        return Pacer(usual=usual)
    return Pacer(usual=min(usual, 1 / due.target), target=due.target)


def _price(of: Standing, line: int, pacer: Pacer) -> float:
    """Return what a campaign pays for a value of 1."""
    campaign, places = of.lines[line].campaign, 1.0
    due = of.values.returns.get(campaign)
    if due is not None:
        pacer.target, pacer.gained, places = due
    return pacer.price_of_value(of.rates.get(campaign, 0.0), places)


def _solved(of: Standing) -> Counts:
    """Return the bids of all ads, those that leave it to us by their pacers."""
    solved = of.values.bids_micros.copy()
    for line in np.flatnonzero(solved == AUTOMATIC).tolist():
        solved[line] = _bid(of, line) if of.rates.get(of.lines[line].campaign, 0.0) > 0 else 0
    return solved


def _bid(of: Standing, line: int) -> int:
    """Return what an ad bids that leaves it to us, and has something left."""
    one = of.lines[line]
    pacer = _paced.pacers.get((one.campaign, of.placement)) or _begun(of, line)
    most = int(of.values.most_micros[line]) or MOST_TIMES * first_bid(one.billed)
    return int(min(_price(of, line, pacer) * float(of.values.each[line]), most))
