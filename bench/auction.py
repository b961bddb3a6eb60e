"""What an auction for a place in a page costs, gates, caps and budgets included, on one core.

And what a page with an ad costs beside one without.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bench import ads_page
from bench.figures import Figure
from vitrine.ads import auction
from vitrine.ads.auction import CERTAIN, Entrants, Places
from vitrine.recommend.arrays import Counts

SIZES = (2_000, 10_000)
ROUNDS = 5
AUCTIONS = 1_000
CAPPED = 40
"""Ads that a viewer has seen as often as they may."""
PLACE = Places.any_of([1], 500)
Viewer = tuple[Counts, Counts]
"""How likely each ad is to be acted on, in billionths, and which were seen often enough."""
P99_GOALS = {2_000: "<= 0.5", 10_000: "<= 2"}


def run() -> Iterator[Figure]:
    """Yield how long an auction takes, how many there are in a second, and what a page takes."""
    for size in SIZES:
        of, viewers = _field(size)
        rounds = [
            (_times(partial(_auction, of), viewers), _times(partial(_one_pass, of), viewers))
            for _ in range(ROUNDS)
        ]
        p99 = [float(np.percentile(ours, 99)) for ours, _ in rounds]
        floor = [float(np.percentile(pass_, 99)) for _, pass_ in rounds]
        ratio = [own / other for own, other in zip(p99, floor, strict=True)]
        yield Figure(
            f"p99_ms_{size}", statistics.median(p99), "ms", P99_GOALS[size],
            "one pass over bids and chances", statistics.median(floor), statistics.median(ratio),
        )  # fmt: skip
        rates = [1000 * len(ours) / sum(ours) for ours, _ in rounds]
        bare = [1000 * len(pass_) / sum(pass_) for _, pass_ in rounds]
        ratio = [own / other for own, other in zip(rates, bare, strict=True)]
        yield Figure(
            f"per_s_{size}", statistics.median(rates), "/s", ">= 5000" if size == SIZES[0] else "",
            "one pass over bids and chances", statistics.median(bare), statistics.median(ratio),
        )  # fmt: skip
    yield from ads_page.run()


def _field(size: int) -> tuple[Entrants, list[Viewer]]:
    """Return ads with budgets, and viewers."""
    dice = np.random.default_rng(size)
    bids = dice.integers(10_000, 3_000_000, size)
    of = Entrants(
        ids=dice.permutation(size).astype(np.int64),
        bids_micros=bids,
        chances=np.zeros(size, np.int64),
        costs_micros=dice.integers(0, 2_000, size),
        left_micros=dice.integers(2_000_000, 500_000_000, size),
        is_open=np.ones(size, np.bool_),
    )
    viewers = [
        ((dice.beta(1, 60, size) * CERTAIN).astype(np.int64), dice.integers(0, size, CAPPED))
        for _ in range(AUCTIONS // 10)
    ]
    return of, viewers * 10


def _auction(of: Entrants, viewer: Viewer) -> object:
    """Hold an auction for one viewer, whose chances the ranker has told."""
    chances, capped = viewer
    is_open = of.is_open.copy()
    is_open[capped] = False
    entrants = Entrants(of.ids, of.bids_micros, chances, of.costs_micros, of.left_micros, is_open)
    return auction.awarded(entrants, PLACE, reserve_micros=500)


def _one_pass(of: Entrants, viewer: Viewer) -> object:
    """Only multiply bids by chances and find the best: no gate, no price."""
    return int(np.argmax(of.bids_micros * viewer[0]))


def _times(
    one: Callable[[Viewer], object],
    viewers: list[Viewer],
) -> list[float]:
    """Return how long each took, in ms."""
    took = []
    for viewer in viewers:
        started = time.perf_counter()
        one(viewer)
        took.append(1000 * (time.perf_counter() - started))
    return took
