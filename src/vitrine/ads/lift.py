"""How much more was sold for an ad than without it, with its interval: no clock, no database.

Viewers who were shown it are compared with those who would have been at the same auctions and were
held out. What is independent is the viewer, so each is one number: what they bought of the shop.
The interval is that of a difference of two means with variances of their own (Welch), scaled to the
viewers who were shown it. It is told only where both groups have enough viewers and buyers for the
sums to be near normal: most viewers buy nothing, so it is buyers that are few.
Source: docs/adr/0116-whose-sale.md.
"""

from math import sqrt
from typing import NamedTuple

FEWEST_VIEWERS = 500
FEWEST_BUYERS = 20
"""In each group. With fewer, the interval is off more often than it says."""
Z = 1.959964
"""Of a normal distribution 95 % lie within so many standard deviations."""


class Arm(NamedTuple):
    """A group of viewers: what they bought, summed, and its squares, in minor units."""

    viewers: int = 0
    buyers: int = 0
    sales_minor: int = 0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """Return what a viewer bought."""
        return self.sales_minor / self.viewers

    @property
    def variance_of_mean(self) -> float:
        """Return how far the mean may be off, squared, as viewers are drawn."""
        off = max(self.squares - self.sales_minor * self.mean, 0.0)
        return off / (self.viewers - 1) / self.viewers

    @property
    def is_enough(self) -> bool:
        """Tell whether anything may be said of it."""
        return self.viewers >= FEWEST_VIEWERS and self.buyers >= FEWEST_BUYERS


class Lift(NamedTuple):
    """What was sold because of an ad, and between what that lies 19 times in 20."""

    minor: int
    low_minor: int
    high_minor: int

    @property
    def is_sure(self) -> bool:
        """Tell whether it sold more, or less, beyond chance."""
        return self.low_minor > 0 or self.high_minor < 0


def lift(shown: Arm, held: Arm) -> Lift | None:
    """Return what those who were shown an ad bought because of it; None: too few to tell."""
    if not (shown.is_enough and held.is_enough):
        return None
    value = (shown.mean - held.mean) * shown.viewers
    half = Z * sqrt(shown.variance_of_mean + held.variance_of_mean) * shown.viewers
    return Lift(round(value), round(value - half), round(value + half))
