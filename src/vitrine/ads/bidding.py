"""What campaigns bid that leave it to us: each is paced so that its budget lasts and buys the most.

Each process paces by the auctions that it holds itself. What a campaign may spend on one, and how
many are to come, is counted by all (``planning.py``), so a process that begins anew bids what is
usual at first, and makes up for nothing. Each placement is learnt by itself, at the same money for
an auction. Source: docs/adr/0111-pacing-solves-anew.md.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import numpy as np

from vitrine.ads import auction, entering, load
from vitrine.ads.auction import CERTAIN, Award, Places
from vitrine.ads.chances import USUAL
from vitrine.ads.models import Placement
from vitrine.ads.pacing import Pacer
from vitrine.ads.standing import Standing
from vitrine.ads.valuing import AUTOMATIC
from vitrine.recommend.arrays import Counts, Doubles, Flags

ABOVE = 1.5
"""The first bid is so many times the least that a place takes."""
MOST_TIMES = 10.0
"""No bid is more than so many times the first, unless its advertiser says how much: what cannot
spend its budget pays no fortune."""
NOTED = 16
"""Campaigns that learn from one auction, drawn anew each time: all would take longer than it."""
SOLVED_EVERY_S = 1.0
SWAYS = 0.1
"""Each second a campaign values all that it bids for so much more or less, as drawn. Of two that
want the same at the same price one would have it all, until its money is gone."""
NO_LINE = -1


@dataclass
class Bids:
    """The bids of all ads, until ads are read anew or a second passed.

    each: see ``Values``, as campaigns sway. worths: what a showing of each is, in billionths of a
    micro. order: the ads, of which a showing is worth most first; of equals the lower id. paced: of
    these, the last first, those that leave their bids to us; campaigns: the number of each one's.
    """

    of: Standing
    solved_s: float
    each: Doubles
    micros: Counts
    worths: Counts
    order: Counts
    paced: Counts
    campaigns: Counts

    @classmethod
    def made(cls, of: Standing, each: Doubles, micros: Counts, *, solved_s: float = 0.0) -> Self:
        """Say what showings are worth at some bids."""
        worths = auction.worths(micros, of.chances, of.costs_micros)
        order = np.lexsort((of.ids, -worths))
        paced = order[::-1]
        paced = paced[of.values.bids_micros[paced] == AUTOMATIC]
        return cls(of, solved_s, each, micros, worths, order, paced, of.campaigns[paced])


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
        each = _swayed(of)
        known = _paced.bids[of.placement] = Bids.made(of, each, _solved(of, each), solved_s=now_s)
    return known


def automatic(of: Standing, mask: Flags) -> Counts:
    """Return the lines of open ads that leave their bids to us."""
    return np.flatnonzero(mask & (of.values.bids_micros == AUTOMATIC))


def note(bids: Bids, mask: Flags, won: Sequence[Award], places: Places) -> None:
    """Learn from an auction what it would have cost some campaigns that leave their bids to us.

    A campaign has one place of a page at most, so it learns once, by its best ad, and from what
    others made the place cost. mask: of all ads those that the viewer could have been shown. won:
    by line of all.
    """
    of = bids.of
    best = _best_of_each(bids, mask)
    if not len(best) or not _paced.lock.acquire(blocking=False):
        return
    try:
        awards = {int(of.advertisers[award.line]): award for award in won}
        least = CERTAIN * (load.RESERVE_MICROS + min(places.costs_micros))
        if len(won) == places.most:
            least = max(min(int(bids.worths[award.line]) for award in won), least)
        drawn = best[random.sample(range(len(best)), min(NOTED, len(best)))]
        values = of.chances[drawn] / CERTAIN * bids.each[drawn]
        costs = least / CERTAIN + of.costs_micros[drawn]
        of_each = zip(
            *(one.tolist() for one in (drawn, of.advertisers[drawn], values, costs)), strict=True
        )
        for line, payer, value, cost in of_each:
            award = awards.get(payer)
            had = (value, cost) if award is None else _had(bids, line, award)
            _pacer(of, line).note(*had)
    finally:
        _paced.lock.release()


def _best_of_each(bids: Bids, mask: Flags) -> Counts:
    """Return the line of the best open ad of each campaign that leaves its bids to us."""
    is_open = mask[bids.paced]
    best = np.full(len(mask), NO_LINE)
    best[bids.campaigns[is_open]] = bids.paced[is_open]  # of several the last stays
    return np.asarray(best[best != NO_LINE])


def _had(bids: Bids, line: int, award: Award) -> tuple[float, float]:
    """Return value and cost of a place to a campaign whose advertiser has it. line: its best ad."""
    of = bids.of
    if of.campaigns[award.line] == of.campaigns[line]:
        chance = float(of.chances[award.line]) / CERTAIN
        return chance * float(bids.each[award.line]), float(award.exact) * chance
    # Of an advertiser one ad alone bids: this one would have had to be worth more.
    value = float(of.chances[line]) / CERTAIN * float(bids.each[line])
    return value, int(bids.worths[award.line]) / CERTAIN + int(of.costs_micros[line])


def forget() -> None:
    """Know nothing of earlier auctions, as a process that begins."""
    _paced.pacers.clear()
    _paced.bids.clear()
    entering.forget()


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
    campaign, auctions = of.lines[line].campaign, 1.0
    due = of.values.returns.get(campaign)
    if due is not None:
        pacer.target, pacer.gained, auctions = due
    return pacer.price_of_value(of.rates.get(campaign, 0.0), auctions)


def _swayed(of: Standing) -> Doubles:
    """Return what one view or click of each ad is worth to its campaign in this second."""
    dice = np.random.default_rng(random.getrandbits(64))
    sways = dice.uniform(1 - SWAYS, 1 + SWAYS, len(of.lines))
    return np.asarray(of.values.each * sways[of.campaigns])


def _solved(of: Standing, each: Doubles) -> Counts:
    """Return the bids of all ads, those that leave it to us by their pacers."""
    solved = of.values.bids_micros.copy()
    for line in np.flatnonzero(solved == AUTOMATIC).tolist():
        is_let = of.rates.get(of.lines[line].campaign, 0.0) > 0
        solved[line] = _bid(of, line, float(each[line])) if is_let else 0
    return solved


def _bid(of: Standing, line: int, value: float) -> int:
    """Return what an ad bids that leaves it to us, and has something left."""
    one = of.lines[line]
    pacer = _paced.pacers.get((one.campaign, of.placement)) or _begun(of, line)
    most = int(of.values.most_micros[line]) or MOST_TIMES * first_bid(one.billed)
    return int(min(_price(of, line, pacer) * value, most))
