"""By how much two arms differ, with intervals that hold however often somebody looks.

A usual interval holds once, at a moment that was chosen before. Who looks each day and stops when
it leaves nought is wrong far more often than one time in twenty. These hold at all moments
together: a mixture of normal priors over the difference, as the sums of many independent viewers
are near a Brownian path.
Sources: Robbins, Annals of Mathematical Statistics 1970 (the mixture); Johari, Koomen, Pekelis and
Walsh, KDD 2017 (at all moments, for experiments); Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
Annals of Statistics 2024 (asymptotic confidence sequences); Deng, Knoblich and Lu, KDD 2018 (the
variance of a ratio, by viewer).
"""

from typing import Generic, NamedTuple, TypeVar

import numpy as np

from vitrine.recommend.arrays import Doubles

Number = TypeVar("Number", float, Doubles)

ALPHA = 0.05
"""How often an interval may ever be wrong, in an experiment without any difference."""
FEWEST = 100
"""Viewers in each arm before anything is said: the sums of fewer are not normal enough."""
BEST_AT = 5_000
"""Viewers in both arms at which the interval is narrowest beside one that holds once."""


class Sums(NamedTuple, Generic[Number]):
    """What an arm's viewers did: of each the amount and the days it was on, summed.

    One viewer's days are alike, so what is independent is the viewer: hence squares and products.
    """

    viewers: Number
    days: Number
    days_squared: Number
    amount: Number
    amount_squared: Number
    amount_by_days: Number

    @property
    def mean(self) -> Number:
        """Return the amount a day."""
        return self.amount / self.days

    @property
    def variance(self) -> Number:
        """Return the variance of that mean, as viewers are drawn."""
        mean = self.amount / self.days
        off_squared = (
            self.amount_squared - 2 * mean * self.amount_by_days + mean**2 * self.days_squared
        )
        return off_squared * self.viewers / (self.viewers - 1) / self.days**2


class Difference(NamedTuple, Generic[Number]):
    """How much more a day an arm has than another, and between what that is."""

    value: Number
    low: Number
    high: Number


def difference(
    tried: Sums[Number], beside: Sums[Number], *, alpha: float = ALPHA
) -> Difference[Number]:
    """Return by how much an arm's mean is above another's. Of arrays: of each.

    The chance that the interval is ever off, at whatever moments it is looked at, is alpha at most.
    For viewers who come again that is on the safe side: what one does on the first days goes with
    what they do later, so that the sums of two moments differ by less than those of strangers.
    """
    value = tried.mean - beside.mean
    half = half_width(
        tried.variance + beside.variance, viewers=tried.viewers + beside.viewers, alpha=alpha
    )
    return Difference(value, value - half, value + half)


def half_width(variance: Number, *, viewers: Number, alpha: float) -> Number:
    """Return the half of an interval for a difference of that variance."""
    loss = -2 * np.log(alpha)
    prior = viewers * (loss + np.log(loss + 1)) / BEST_AT
    half: Number = np.sqrt(variance * (1 + 1 / prior) * (loss + np.log(1 + prior)))
    return half
