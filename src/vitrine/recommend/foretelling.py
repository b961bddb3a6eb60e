"""Foretell what a viewer will do with a clip: one logistic line for each thing that may happen.

A line weighs *signs*: what is known of a viewer and a clip before it is shown. What is foretold is
how likely something is, or how much of it there will be, 0 to 1. Plain numpy: serving takes one
product of two arrays. Lines are found in ``line_fitting``.
Source: docs/adr/0097-the-ranker-that-learns.md.
"""

import numpy as np

from vitrine.recommend.arrays import Doubles, Flags

MOST_ODDS = 30.0


def foretold(signs: Doubles, lines: Doubles) -> Doubles:
    """Return how likely each thing is, a row for each row of signs.

    lines: of each thing its weight of each sign, then what it begins with.
    """
    odds = signs @ lines[:, :-1].T + lines[:, -1]
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -MOST_ODDS, MOST_ODDS))))


def knows(lines: Doubles) -> Flags:
    """Tell of which things signs say something."""
    return np.asarray((lines[:, :-1] != 0).any(axis=1))
