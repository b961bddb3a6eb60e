"""How much an ad sold: its interval holds as often as it says, on shoppers whose truth is known."""

import numpy as np
import pytest

from tests.nightly import IS_NIGHT
from vitrine.ads.lift import FEWEST_BUYERS, FEWEST_VIEWERS, Arm, lift

RUNS = 1_000 if IS_NIGHT else 100
SHOWN, HELD = 38_000, 2_000
"""Who would be shown a campaign that holds five percent out, of whom some 75 buy anyway."""


class Shoppers:
    """People as a shop has them: most buy nothing in a week, a few buy much and again.

    Each buys at a rate of their own (gamma), each time for an amount whose logarithm is normal, and
    an ad makes everybody buy so many times as often.
    """

    RATE, SHAPE, MEAN_MINOR, SPREAD = 0.04, 0.5, 4_000.0, 0.6

    def __init__(self, seed: int, *, times: float) -> None:
        self.dice, self.times = np.random.default_rng(seed), times

    @property
    def gain_minor(self) -> float:
        """Return what an ad brings for each viewer: the truth."""
        return self.RATE * (self.times - 1) * self.MEAN_MINOR

    def arm(self, viewers: int, *, is_shown: bool) -> Arm:
        """Draw viewers, and sum what they bought."""
        rates = self.dice.gamma(self.SHAPE, self.RATE / self.SHAPE, viewers)
        orders = self.dice.poisson(rates * (self.times if is_shown else 1.0))
        centre = np.log(self.MEAN_MINOR) - self.SPREAD**2 / 2
        minor = np.zeros(viewers, np.int64)
        who = np.repeat(np.arange(viewers), orders)
        np.add.at(
            minor, who, np.rint(self.dice.lognormal(centre, self.SPREAD, len(who))).astype(int)
        )
        squares = float(np.sum(minor.astype(float) ** 2))
        return Arm(viewers, int(np.count_nonzero(minor)), int(minor.sum()), squares)


def coverage(*, times: float) -> float:
    """Return in which part of the runs the interval has the truth in it."""
    covered = 0
    for seed in range(RUNS):
        people = Shoppers(seed, times=times)
        found = lift(people.arm(SHOWN, is_shown=True), people.arm(HELD, is_shown=False))
        assert found is not None
        truth = people.gain_minor * SHOWN
        covered += found.low_minor <= truth <= found.high_minor
    return covered / RUNS


@pytest.mark.parametrize("times", [1.0, 1.6])
def test_the_interval_has_the_truth_in_it_nineteen_times_in_twenty(times: float) -> None:
    least, most = (0.94, 0.96) if IS_NIGHT else (0.92, 0.98)

    assert least <= coverage(times=times) <= most


def test_it_is_the_difference_of_the_means_for_all_who_were_shown_it() -> None:
    shown = Arm(1_000, 100, 300_000, 1_000_000_000.0)
    held = Arm(500, 25, 50_000, 200_000_000.0)

    found = lift(shown, held)

    assert found is not None
    assert found.minor == 200_000  # 300 and 100 a viewer
    spread = (1e9 - 3e5**2 / 1000) / 999 / 1000 + (2e8 - 5e4**2 / 500) / 499 / 500
    assert found.high_minor - found.minor == pytest.approx(1.959964 * spread**0.5 * 1000, abs=1)
    assert found.minor - found.low_minor == pytest.approx(found.high_minor - found.minor, abs=1)
    assert found.is_sure


@pytest.mark.parametrize(
    "fewer", [Arm(FEWEST_VIEWERS - 1, 30, 1, 1.0), Arm(600, FEWEST_BUYERS - 1, 1, 1.0), Arm()]
)
def test_of_too_few_nothing_is_told(fewer: Arm) -> None:
    enough = Arm(FEWEST_VIEWERS, FEWEST_BUYERS, 20_000, 40_000_000.0)

    assert lift(enough, enough) is not None
    assert lift(enough, fewer) is None
    assert lift(fewer, enough) is None
