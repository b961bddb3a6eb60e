"""What another way of choosing would have been worth, from what was shown and how likely it was.

A line is one choice. logged: how likely what was chosen was under the rules that chose; wanted: how
likely it is under the others. Both are of the same moment: what was shown before stays as it was.
Nothing can be told of what was never shown: where `logged` is 0 there is no line, and the others'
rules are judged only by what had a chance.
Sources: Horvitz and Thompson, JASA 1952; Swaminathan and Joachims, NeurIPS 2015 (self-normalised);
Dudík, Langford and Li, ICML 2011 (doubly robust).
"""

from typing import NamedTuple

import numpy as np

from vitrine.recommend.arrays import Counts, Doubles

NINETEEN_IN_TWENTY = 1.96


class Estimate(NamedTuple):
    """A value, and an interval that holds the true one nineteen times in twenty."""

    value: float
    low: float
    high: float


def by_chance(
    rewards: Doubles, logged: Doubles, wanted: Doubles, *, of: Counts | None = None
) -> Estimate:
    """Weigh each reward by how much likelier it would have been (IPS). Right on average, wide.

    of: whose choice each is: those of one viewer are alike, and count as one draw.
    """
    return _mean(_weights(logged, wanted) * rewards, np.ones(len(rewards)), of)


def by_share(
    rewards: Doubles, logged: Doubles, wanted: Doubles, *, of: Counts | None = None
) -> Estimate:
    """Divide by the sum of the weights (SNIPS): narrower, and a little off in few lines.

    Where fewer than some fifty lines have any weight the interval is too narrow: it covers the
    true value four times in five (measured).
    """
    weights = _weights(logged, wanted)
    return _mean(weights * rewards, weights, of)


def by_model(
    rewards: Doubles,
    logged: Doubles,
    wanted: Doubles,
    *,
    predicted: Doubles,
    expected: Doubles,
    of: Counts | None = None,
) -> Estimate:
    """Take a model's word, and add what it was off by where the log tells (DR).

    predicted: the model's reward of what was chosen. expected: its mean reward under the others'
    rules. Right on average whatever the model is, as long as the chances are.
    """
    sums = expected + _weights(logged, wanted) * (rewards - predicted)
    return _mean(sums, np.ones(len(rewards)), of)


def _weights(logged: Doubles, wanted: Doubles) -> Doubles:
    if not len(logged) or float(logged.min()) <= 0:
        raise ValueError("what was chosen had a chance, and something was")
    weights: Doubles = wanted / logged
    return weights


def _mean(above: Doubles, below: Doubles, of: Counts | None) -> Estimate:
    """Return the sum of one over the sum of the other, with the spread of independent draws."""
    if of is not None:
        _, draws = np.unique(of, return_inverse=True)
        above = np.bincount(draws, above).astype(np.float64)
        below = np.bincount(draws, below).astype(np.float64)
    value = float(above.sum() / below.sum()) if below.sum() else 0.0
    off = above - value * below
    count = len(off)
    spread = float(np.sqrt((off**2).sum() * count / max(count - 1, 1)) / max(below.sum(), 1e-300))
    return Estimate(value, value - NINETEEN_IN_TWENTY * spread, value + NINETEEN_IN_TWENTY * spread)
