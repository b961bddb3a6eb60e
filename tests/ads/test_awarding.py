"""The auction as pages hold it: of all ads the best of each advertiser, cut to who can matter.

All that is compared with is worked out anew here, over all ads: who may be shown, which ad of each
advertiser bids, and that whoever wins and is held out leaves its places to the others.
"""

import random
from dataclasses import replace

import numpy as np

from tests import make
from tests.ads.test_auction import best_without, check, several
from tests.nightly import IS_NIGHT
from vitrine.ads import bidding, ghosts, load, serving
from vitrine.ads.aiming import Aims
from vitrine.ads.auction import CERTAIN, Entrants, Places
from vitrine.ads.beside import Avoided
from vitrine.ads.models import Placement
from vitrine.ads.standing import Line, Standing
from vitrine.ads.valuing import Values
from vitrine.recommend.arrays import Counts, Flags, numbered

CASES = 100_000 if IS_NIGHT else 2_000
HELD_OUT = 100
RESERVE = load.RESERVE_MICROS


def line(ad: int, advertiser: int, campaign: int, holdout_percent: int) -> Line:
    """Return an ad for everybody."""
    return Line(
        ad=ad, public_id=f"us_{ad}", advertiser=advertiser, advertiser_name="Brass", merchant=None,
        campaign=campaign, group=campaign, clip=1, creator=1, handle="brass", product=None,
        product_id=None, product_slug=None, call="visit", objective="views", bid_micros=1,
        languages=(), ages=(), interests=(), regions=(), dealings=(), left_out=(), most_shown=3,
        within_days=1, holdout_percent=holdout_percent,
    )  # fmt: skip


def drawn(dice: random.Random) -> tuple[Standing, Counts]:
    """Draw ads of few advertisers, many of them worth the same, and their bids.

    Some campaigns hold everybody out.
    """
    count = dice.randint(0, 7)
    held = {campaign for campaign in range(9) if dice.random() < 0.2}
    lines = []
    for ad in dice.sample(range(1, 20), count):
        advertiser = dice.randrange(4)
        campaign = 2 * advertiser + dice.randrange(2)
        lines.append(line(ad, advertiser, campaign, HELD_OUT * (campaign in held)))
    parts = [dice.choice((1, 2)) for _ in lines]
    bids = np.array([(RESERVE + 100 * dice.randint(-1, 6)) * part for part in parts], np.int64)
    nothing = np.zeros(count)
    of = Standing(
        placement=Placement.FEED, lines=lines, read_at=make.NOON,
        ids=np.array([one.ad for one in lines], np.int64), products=nothing.astype(np.int64),
        groups=numbered([one.group for one in lines]),
        campaigns=numbered([one.campaign for one in lines]),
        advertisers=numbered([one.advertiser for one in lines]),
        values=Values(bids, nothing.astype(np.int64), nothing, nothing, {}), raw=nothing,
        chances=np.array([CERTAIN // part for part in parts], np.int64),
        costs_micros=np.array([dice.choice((0, 0, 100)) for _ in lines], np.int64),
        aims=Aims.of(lines), avoided=Avoided({}, {}), people={}, group_lines={}, product_lines={},
        line_of={}, is_in=np.ones(count, np.bool_), rates={},
    )  # fmt: skip
    return of, bids


def by_trying(
    of: Standing, bids: Counts, open_lines: set[int], places: Places
) -> tuple[Entrants, list[int], set[int], set[int]]:
    """Return who bids in the end, by line of all; who of them wins; and campaigns held out."""
    missed: set[int] = set()
    while True:
        best: dict[int, tuple[int, int, int]] = {}
        for n in open_lines:
            worth = int(bids[n]) * int(of.chances[n]) - int(of.costs_micros[n]) * CERTAIN
            key = (worth, -of.lines[n].ad, n)
            best[of.lines[n].advertiser] = max(best.get(of.lines[n].advertiser, key), key)
        asks = sorted(n for _, _, n in best.values())
        entrants = Entrants(of.ids[asks], bids[asks], of.chances[asks], of.costs_micros[asks])
        _, filled = best_without(entrants, places, RESERVE, None)
        won = {asks[n] for _, n in filled}
        out = {of.lines[n].campaign for n in won if of.lines[n].holdout_percent}
        if not out:
            return entrants, asks, won, missed
        missed |= out
        open_lines = {n for n in open_lines if of.lines[n].campaign not in out}


def test_a_page_gets_what_comes_of_trying_all_ads_in_all_places() -> None:
    dice = random.Random(3)
    shown = outsiders = 0
    for _ in range(CASES):
        of, bids = drawn(dice)
        places = several(dice)
        places = replace(places, costs_micros=[100 * cost for cost in places.costs_micros])
        mask: Flags = np.array([dice.random() < 0.8 for _ in of.lines], np.bool_)
        open_lines = set(np.flatnonzero(mask).tolist())
        viewer = ghosts.Viewer("v_somebody", is_measured=True)

        awards = serving.awarded(of, bidding.bids(of, at=make.NOON), mask, places, viewer)

        entrants, asks, won, missed = by_trying(of, bids, open_lines, places)
        assert {one.line for one in awards} == won
        assert {one.line.campaign for one in viewer.missed} == missed
        inside = [replace(one, line=asks.index(one.line)) for one in awards]
        check(inside, entrants, places, RESERVE)
        shown += len(awards)
        outsiders += len(asks) > places.most + 1

    assert shown > CASES / 2
    assert outsiders > CASES / 20  # somebody was cut off
