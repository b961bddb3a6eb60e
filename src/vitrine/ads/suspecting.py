"""How unlikely among honest people what was seen is, as a score: 6 is one in a million.

Arithmetic, no database. Source: docs/adr/0118-invalid-traffic.md.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from vitrine.ads import rates

ENDS = 1e-12
"""A series ends with terms so small beside the first."""
_LN10 = math.log(10)


class Alike(NamedTuple):
    """Values that are too near each other. members: which, as places in the list."""

    score: float
    members: tuple[int, ...]


NOT_ALIKE = Alike(0.0, ())


def flood(billed: int, *, expected: float, learnt: int) -> float:
    """Score so many billed where so many were foretold.

    Clicks come as a Poisson process whose rate is known from those that were learnt of: the tail of
    Poisson, and of a gamma over its rate. expected: chances of all showings, set right.
    """
    if billed < rates.LEAST or billed <= expected:
        return 0.0
    sure = min(rates.PRIOR + learnt, rates.SUREST)
    part = expected / (expected + sure)
    first = (
        math.lgamma(sure + billed)
        - math.lgamma(sure)
        - math.lgamma(billed + 1)
        + sure * math.log1p(-part)
        + billed * (math.log(part) if part else -math.inf)
    )
    term = total = 1.0
    count = billed
    while term > ENDS:
        term *= (sure + count) / (count + 1) * part
        total += term
        count += 1
    return min(-(first + math.log(total)) / _LN10, rates.SUREST_SCORE)


def beyond(billed: int, *, expected: float) -> int:
    """Return how many of a flood are taken back: what is left is what was to be expected."""
    return billed - math.ceil(expected)


def alike(values: Sequence[float], *, width: float, share: float, least: float = 0.0) -> Alike:
    """Score how many values lie within a width of each other, where no more than a share should.

    least: smaller values are counted, and never found. Whichever value begins the width, the others
    come into it like tosses of a coin: the tail of binomial, times how many may begin it.
    """
    ordered = sorted((value, place) for place, value in enumerate(values))
    best, end = (0, 0), 0
    for start, (value, _) in enumerate(ordered):
        while end < len(ordered) and ordered[end][0] <= value + width:
            end += 1
        if value >= least:
            best = max(best, (end - start, start))
    most, start = best
    if most < rates.LEAST:
        return NOT_ALIKE
    score = _tail(most - 1, len(values) - 1, share) - math.log10(len(values))
    score = min(max(score, 0.0), rates.SUREST_SCORE)
    return Alike(score, tuple(place for _, place in ordered[start : start + most]))


def _tail(hits: int, tosses: int, share: float) -> float:
    """Return how unlikely so many hits or more are, as a score."""
    if hits <= tosses * share:
        return 0.0
    first = (
        math.lgamma(tosses + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(tosses - hits + 1)
        + hits * math.log(share)
        + (tosses - hits) * math.log1p(-share)
    )
    term = total = 1.0
    for count in range(hits, tosses):
        term *= (tosses - count) / (count + 1) * share / (1 - share)
        total += term
    return -(first + math.log(total)) / _LN10


def crowd(viewers: int) -> float:
    """Score so many viewers on one device that follow the same ad, or ads of one payer."""
    return max(viewers - rates.VIEWERS_ON_A_DEVICE, 0) * rates.FURTHER_VIEWER
