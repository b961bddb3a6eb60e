"""How likely a showing is to be billed: counted, drawn to what is alike, and set right as it turns
out. Arithmetic, no database.
"""

from collections.abc import Sequence

import numpy as np

from vitrine.ads import load
from vitrine.ads.auction import CERTAIN
from vitrine.recommend.arrays import Counts, Doubles

USUAL = {"view": 0.6, "click": 0.01, "hidden": load.USUAL_HIDDEN}
"""Of showings, before any was counted: places are made before they come on screen."""
STRENGTHS = {"view": 30.0, "click": 300.0, "hidden": 1_000.0}
"""Showings that what is alike weighs: as many as have some twenty, or three, or one to count."""
CHECKED = 200.0
"""Billed ones that were foretold, beyond which what they turned out to be is what sets right."""


def of_all(billed: float, shown: float, *, what: str) -> float:
    """Return the rate of an ad of which nothing was counted, from the sums of all others."""
    strength = STRENGTHS[what]
    return min((billed + USUAL[what] * strength) / (shown + strength), 1.0)


def shrunk(billed: Doubles, shown: Doubles, nested: Sequence[Counts], *, what: str) -> Doubles:
    """Return the rate of each ad, drawn to that of its group, its campaign and all, in turn.

    nested: for each ad the line of what it belongs to, the smallest first.
    """
    strength = STRENGTHS[what]
    prior = np.full(len(shown), of_all(float(billed.sum()), float(shown.sum()), what=what))
    for lines in [*reversed(nested), np.arange(len(shown))]:
        sums = np.bincount(lines, billed), np.bincount(lines, shown)
        prior = (sums[0][lines] + prior * strength) / (sums[1][lines] + strength)
    return np.asarray(np.minimum(prior, 1.0))


def set_right(foretold: float, happened: float, *, checked: float = CHECKED) -> float:
    """Return by what chances are multiplied so that as many happen as are foretold.

    foretold: the sum of chances of what is over, as showings of which no token is out; happened:
    how often it did.
    """
    return (happened + checked) / (foretold + checked)


def billionths(rates: Doubles) -> Counts:
    """Return chances as the auction counts them."""
    return np.asarray(np.clip(np.rint(rates * CERTAIN), 1, CERTAIN), np.int64)
