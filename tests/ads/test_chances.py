"""How likely showings are to be billed: as foretold, so it turns out."""

from collections.abc import Sequence

import numpy as np
import pytest

from vitrine.ads import chances
from vitrine.recommend.arrays import Counts, Doubles

ADS, OFFERED, EVERY = 60, 12, 500


def test_an_ad_that_nobody_met_is_as_likely_as_its_group_and_that_as_all() -> None:
    billed, shown = np.array([90.0, 0.0, 0.0]), np.array([100.0, 0.0, 0.0])
    groups, campaigns = np.array([0, 0, 1]), np.array([0, 0, 1])

    met, alike, other = chances.shrunk(billed, shown, [groups, campaigns], what="view").tolist()

    assert met > alike > other > 0.6
    assert abs(met - 0.9) < 0.02


def test_nothing_counted_is_what_is_usual() -> None:
    none, one = np.zeros(2), np.zeros(2, np.int64)

    assert chances.shrunk(none, none, [one, one], what="click").tolist() == [0.01, 0.01]
    assert chances.set_right(0.0, 0.0) == 1.0
    assert chances.billionths(np.array([0.0, 1.0, 2.0])).tolist() == [1, 10**9, 10**9]


@pytest.mark.parametrize("what, auctions, mean", [("view", 20_000, 0.45), ("click", 80_000, 0.03)])
def test_over_a_day_as_many_are_billed_as_were_foretold(
    what: str, auctions: int, mean: float
) -> None:
    """Who is held to be likelier than they are wins more often, and all begin unknown."""
    dice = np.random.default_rng(4)
    truth = np.clip(mean * dice.lognormal(0, 0.35, ADS), 0, 1)
    bids = dice.lognormal(0, 0.5, ADS)
    groups, campaigns = np.arange(ADS) // 2, np.arange(ADS) // 4

    foretold, billed = _day(truth, bids, [groups, campaigns], dice, what, auctions)

    assert 0.97 <= foretold / billed <= 1.03


def _day(
    truth: Doubles,
    bids: Doubles,
    nested: Sequence[Counts],
    dice: np.random.Generator,
    what: str,
    auctions: int,
) -> tuple[float, int]:
    """Hold a day's auctions; return how many were foretold to be billed, and how many were."""
    shown, hits, raw_sum = np.zeros(ADS), np.zeros(ADS), 0.0
    told = 0.0
    raw = right = np.zeros(0)
    waiting: list[tuple[int, float, bool]] = []
    for auction in range(auctions):
        if auction % EVERY == 0:
            for ad, chance, is_hit in waiting:
                shown[ad] += 1
                hits[ad] += is_hit
                raw_sum += chance
            waiting.clear()
            raw = chances.shrunk(hits, shown, nested, what=what)
            right = raw * chances.set_right(raw_sum, float(hits.sum()))
        offered = dice.integers(0, ADS, OFFERED)
        ad = int(offered[np.argmax(bids[offered] * right[offered])])
        told += float(right[ad])
        waiting.append((ad, float(raw[ad]), bool(dice.random() < truth[ad])))
    return told, int(hits.sum()) + sum(is_hit for *_, is_hit in waiting)
