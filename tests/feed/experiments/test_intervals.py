"""Intervals that hold though somebody looks each day, by simulation."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.feed.experiments import intervals, ratios
from vitrine.feed.experiments.intervals import Sums
from vitrine.recommend.arrays import Doubles, Flags

RUNS, DAYS, VIEWERS = 1_000, 14, 300
USUAL = 1.96


@dataclass(frozen=True)
class Looks:
    """What was seen at the end of each day of each run: runs by days."""

    missed: Flags
    usually_missed: Flags
    found: Flags


def looked(seed: int, *, likely: float, spread: float, more: float = 1.0) -> Looks:
    """Simulate runs of two arms of viewers who come and go, and look at the end of each day.

    likely: that a viewer who came does anything. spread: how unlike viewers are. more: by what the
    second arm's amounts are multiplied. The truth is the difference of the means of one day.
    """
    dice = np.random.default_rng(seed)
    sums = [arm(dice, likely=likely, spread=spread, more=factor) for factor in (1.0, more)]
    truth = likely * np.exp((spread**2 + 0.25) / 2) * (more - 1)
    beside, tried = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        said = intervals.difference(tried, beside)
        usual = USUAL * np.sqrt(tried.variance + beside.variance)
    is_said = np.minimum(tried.viewers, beside.viewers) >= intervals.FEWEST
    return Looks(
        is_said & ((truth < said.low) | (truth > said.high)),
        is_said & (np.abs(said.value - truth) > usual),
        is_said & (said.low > 0),
    )


def arm(dice: np.random.Generator, *, likely: float, spread: float, more: float) -> Sums[Doubles]:
    """Draw viewers who first come on some day, and again on four days of ten."""
    shape = (RUNS, VIEWERS)
    first = dice.integers(0, DAYS - 2, shape, np.int8)
    of_viewer = np.exp(spread * dice.standard_normal(shape, np.float32))
    days, amount = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    looks = []
    for day in range(DAYS):
        comes = (first == day) | ((first < day) & (dice.random(shape, np.float32) < 0.4))
        does = comes & (dice.random(shape, np.float32) < likely)
        drawn = more * of_viewer * np.exp(0.5 * dice.standard_normal(shape, np.float32))
        days += comes
        amount += does * drawn
        columns = (days > 0, days, days**2, amount, amount**2, amount * days)
        looks.append([column.sum(axis=1, dtype=np.float64) for column in columns])
    return Sums(*np.array(looks).transpose(1, 2, 0))


@pytest.mark.parametrize(
    "likely,spread", [(1.0, 0.8), (0.1, 0.3)], ids=["watch time", "seldom deeds"]
)
def test_who_looks_each_day_is_hardly_ever_told_what_is_not(likely: float, spread: float) -> None:
    looks = looked(1, likely=likely, spread=spread)

    ever = looks.missed.any(axis=1).mean()
    assert ever <= intervals.ALPHA + 3 * (intervals.ALPHA * (1 - intervals.ALPHA) / RUNS) ** 0.5
    assert looks.usually_missed.any(axis=1).mean() > 2 * intervals.ALPHA


def test_a_true_difference_is_found_and_the_interval_holds_it() -> None:
    looks = looked(2, likely=1.0, spread=0.3, more=1.2)

    assert looks.missed.any(axis=1).mean() <= intervals.ALPHA
    assert looks.found[:, -1].mean() > 0.8


def test_who_looks_after_each_viewer_is_still_told_true_and_no_more_than_is_known() -> None:
    dice = np.random.default_rng(4)
    viewers = np.arange(1, 10_001, dtype=np.float64)
    path = dice.standard_normal((RUNS, len(viewers)), np.float32).cumsum(axis=1) / viewers
    half = intervals.half_width(1 / viewers, viewers=viewers, alpha=0.05)
    usual = USUAL / np.sqrt(viewers)
    is_said = viewers >= 2 * intervals.FEWEST

    ever, usually = ((is_said & (np.abs(path) > each)).any(axis=1).mean() for each in (half, usual))

    assert ever <= intervals.ALPHA + 3 * (intervals.ALPHA * (1 - intervals.ALPHA) / RUNS) ** 0.5
    assert ever > intervals.ALPHA / 5
    assert usually > 0.3
    assert 3.0 < (half / usual * USUAL).min() < 3.1  # nowhere narrower: the price of looking always


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 28), st.floats(0, 1e6)), min_size=2, max_size=40))
def test_a_mean_s_variance_is_that_of_its_viewers_residuals(
    viewers: list[tuple[int, float]],
) -> None:
    days, amount = np.array(viewers).T
    columns = (np.ones(len(days)), days, days**2, amount, amount**2, amount * days)
    sums = Sums(*(float(column.sum()) for column in columns))

    mean = amount.sum() / days.sum()
    expected = np.var(amount - mean * days, ddof=1) * len(days) / days.sum() ** 2
    assert sums.mean == pytest.approx(mean)
    assert sums.variance == pytest.approx(expected, rel=1e-6, abs=1e-6 * mean**2)


def test_more_viewers_make_it_narrower_and_less_doubt_wider() -> None:
    few = intervals.half_width(1 / 1_000, viewers=1_000.0, alpha=0.05)
    many = intervals.half_width(1 / 10_000, viewers=10_000.0, alpha=0.05)
    surer = intervals.half_width(1 / 10_000, viewers=10_000.0, alpha=0.01)

    assert many < surer < few
    assert many > 1.96 * (1 / 10_000) ** 0.5  # what holds always is wider than what holds once


def test_shares_that_are_kept_are_hardly_ever_suspected_and_a_hole_is() -> None:
    dice = np.random.default_rng(3)
    sound = dice.multinomial(100, [0.5, 0.3, 0.2], (500, 40)).cumsum(axis=1)
    holed = dice.multinomial(30_000, [0.48, 0.52], 50)

    alarms = [any(ratios.is_suspect(day, [50, 30, 20]) for day in run) for run in sound.tolist()]
    assert sum(alarms) <= 3
    assert sum(ratios.is_suspect(each, [50, 50]) for each in holed.tolist()) >= 48
