"""Find who is like the people of an audience: one direction among factors, and how far along it.

A direction tells the audience from everybody (Fisher's discriminant): what all viewers have in
common says nothing of it. It is held to the plain difference of means where people are few.
"""

import numpy as np

from vitrine.recommend.arrays import Doubles, Floats

SHARES = 10
"""Percents of viewers that there is a threshold for: 1, 2, and so on."""
HELD = 0.3
"""How much of the spread of viewers is taken to be the same in all directions."""


def unit(vectors: Floats) -> Floats:
    """Return those vectors that are not of nothing, each of length 1."""
    wide = vectors.astype(np.float64)
    lengths = np.sqrt((wide**2).sum(axis=1))
    known = lengths > 0
    return np.asarray(wide[known] / lengths[known, None], np.float32)


def direction(audience: Floats, everybody: Floats) -> Floats:
    """Return the direction in which an audience lies, of length 1. Both: of length 1 each."""
    apart = audience.mean(axis=0, dtype=np.float64) - everybody.mean(axis=0, dtype=np.float64)
    size = len(apart)
    spread = np.cov(everybody.astype(np.float64), rowvar=False)
    even = np.trace(spread) / size
    held = (1 - HELD) * spread + HELD * (even or 1.0) * np.eye(size)
    found = np.linalg.solve(held, apart)
    length = np.sqrt((found**2).sum())
    return np.asarray(found / max(length, 1e-12), np.float32)


def thresholds(along: Floats, everybody: Floats) -> Doubles:
    """Return how far along it the first percent of everybody is, the first two, and so on."""
    shares = np.arange(1, SHARES + 1) / 100
    return np.asarray(np.quantile(everybody @ along, 1 - shares), np.float64)
