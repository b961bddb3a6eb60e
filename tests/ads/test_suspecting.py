"""How unlikely what is seen is: honest traffic is spared, and what machines do is found.

Simulated honest ads differ in how they are liked by e^0.8 either way, and their rate goes up and
down by a seventh from hour to hour.
"""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from tests.nightly import IS_NIGHT
from vitrine.ads import chances, rates, suspecting

HOURS = 1_500_000 if IS_NIGHT else 9_000
CROWDS = 100_000 if IS_NIGHT else 400
LIKED, DRIFT = 0.8, 0.15
USUAL, STRENGTH = chances.USUAL["click"], chances.STRENGTHS["click"]


def hours(number: int, *, showings: float, seed: int = 7) -> Iterator[tuple[int, float, int]]:
    """Play ads for three days each: clicks of an hour, how many were foretold, and learnt of."""
    dice = np.random.default_rng(seed)
    for _ in range(number // 72):
        rate = min(USUAL * math.exp(dice.normal(0, LIKED)), 0.3)
        clicks = shown = learnt = 0
        drifts = np.exp(dice.normal(0, DRIFT, 72))
        for hour, drift in enumerate(drifts):
            if hour % 24 == 0:
                learnt = clicks
            new = int(dice.poisson(showings))
            got = int(dice.binomial(new, min(rate * drift, 1.0)))
            yield got, (clicks + USUAL * STRENGTH) / (shown + STRENGTH) * new, learnt
            clicks, shown = clicks + got, shown + new


def score(billed: int, expected: float, learnt: int) -> float:
    return suspecting.flood(billed, expected=expected, learnt=learnt)


@pytest.mark.parametrize("showings", [30, 300, 3_000])
def test_an_honest_ad_is_called_a_flood_less_than_once_in_100_000_hours(showings: int) -> None:
    scores = [score(*hour) for hour in hours(HOURS // 3, showings=showings)]

    hits = sum(each >= rates.THRESHOLD for each in scores)
    assert max(scores) > 1  # they are not all told apart by the least alone
    assert hits <= len(scores) * 1e-5


@pytest.mark.parametrize("showings", [1_500, 5_000])
def test_five_times_as_many_clicks_are_found(showings: int) -> None:
    """After a day of honest clicks, of ads that had ten an hour at least."""
    known = [
        (score(5 * got, expected, learnt) >= rates.THRESHOLD)
        for got, expected, learnt in hours(7_200, showings=showings)
        if learnt and expected >= 10 and got >= 0.8 * expected
    ]

    assert len(known) > 300
    assert sum(known) >= 0.99 * len(known)


def test_what_is_left_of_a_flood_is_what_was_to_be_expected() -> None:
    assert suspecting.beyond(100, expected=19.2) == 80
    assert score(20, 19.2, 200) < 1


def test_few_are_no_flood() -> None:
    assert score(rates.LEAST - 1, 0.0001, 0) == 0
    assert score(5, 6.0, 0) == 0
    assert score(6, 0.0, 0) == rates.SUREST_SCORE


def test_a_flood_is_scored_as_the_tail_of_its_counts() -> None:
    """By adding up the tail of gamma and Poisson, as a table has it."""
    sure, expected = 30.0, 10.0
    part = expected / (expected + sure)
    tail = sum(
        math.exp(
            math.lgamma(sure + n)
            - math.lgamma(sure)
            - math.lgamma(n + 1)
            + sure * math.log1p(-part)
            + n * math.log(part)
        )
        for n in range(25, 400)
    )

    assert score(25, expected, 1_000) == pytest.approx(-math.log10(tail), rel=1e-9)


def test_honest_delays_gaps_and_orders_are_not_alike() -> None:
    """Delays around half a minute; gaps of a crowd that grows and shrinks twentyfold."""
    dice, hits = np.random.default_rng(3), 0
    for _ in range(CROWDS):
        size = int(dice.integers(6, 60))
        delays = 2 + np.exp(dice.normal(3.2, 0.9, size))
        rushes = np.exp(dice.uniform(-1.5, 1.5, size))
        gaps = dice.exponential(1.0, size) * rushes
        mean = float(gaps.mean())
        hits += delay(delays) >= rates.THRESHOLD
        hits += gap(gaps, mean) >= rates.THRESHOLD

    assert hits <= CROWDS * 1e-5


def delay(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return suspecting.alike(
        values.tolist(), width=rates.ALIKE_DELAY_S, share=rates.ALIKE_DELAY_SHARE
    ).score


def gap(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", mean: float) -> float:
    return suspecting.alike(
        values.tolist(),
        width=rates.ALIKE_GAP * mean,
        share=rates.ALIKE_GAP_SHARE,
        least=rates.ALIKE_GAP_FROM * mean,
    ).score


def test_a_machine_among_people_is_found_by_its_evenness_and_they_are_not() -> None:
    dice = np.random.default_rng(5)
    people = (2 + np.exp(dice.normal(3.2, 0.9, 20))).tolist()
    machine = (2.4 + dice.uniform(0, 0.1, 20)).tolist()

    found = suspecting.alike(
        [*people, *machine], width=rates.ALIKE_DELAY_S, share=rates.ALIKE_DELAY_SHARE
    )

    assert found.score >= rates.THRESHOLD
    assert set(range(20, 40)) <= set(found.members)
    assert len(found.members) <= 22


def test_every_further_viewer_on_a_device_weighs() -> None:
    assert [suspecting.crowd(n) >= rates.THRESHOLD for n in (1, 2, 4, 5)] == [0, 0, 0, 1]
