"""How many ads a viewer may meet, where they may stand, and what a place costs at least.

In one place, each with its reason. Sources: docs/adr/0114-budgets-and-leases.md, 0125-the-blend.md.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import combinations, pairwise

from vitrine.ads import terms

BETWEEN = 6
"""Clips before the first ad and between two, at least."""
FLOATS = 3
"""Places that an ad has to choose from: where it may stand first, and after the next clips."""
MOST_A_PAGE = 2
SESSION = timedelta(hours=1)
MOST_A_SESSION = 6
"""Whoever opens the feed anew begins at its first clip, and meets no more for that."""
DAY = timedelta(days=1)
MOST_A_DAY = 30
"""Half an hour of clips a day has about twenty."""
KEPT = timedelta(days=30)
"""No cap looks back further (``AdGroup.within_days``)."""
MOST_A_MONTH = MOST_A_DAY * KEPT.days

RESULTS_AN_AD = 8
"""Products that were found for each ad among them, at least."""
AMONG_RESULTS = (1, 12)
"""After how many results of the first page an ad may stand: after the best, and half-way down."""

# What an ad takes from its viewer, in the unit in which the feed values clips --------------------

MICROS_A_WORTH = 200
"""What one unit of it (``feed/weights.py``, VALUE) is held to be worth: the one rate between both.
With it a usual clip is worth a quarter of what a view costs where nobody else wants the place.
"""
USUAL_WORTH = 2.5
"""Of a clip, where it is not foretold: begun by most, in the middle of others like it, finished by
every other."""
SEEN = 90
"""Of a hundred who see a clip or an ad, so many see the next one."""
HIDDEN_WORTH = 10.0
"""What an ad takes from somebody who hides it: as much as a clip that they refuse."""
LEAVES = 1.0
"""For each who hides it one leaves without a word, and with them all clips that were to come."""
PUT_OFF_WORTH = HIDDEN_WORTH + LEAVES * USUAL_WORTH / (1 - SEEN / 100)
USUAL_HIDDEN = 0.001
"""Of showings of an ad, before any was counted (``chances.py``)."""

COST_MICROS = int(MICROS_A_WORTH * USUAL_WORTH)
"""What a place takes where it is not known what comes after it."""
PUT_OFF_MICROS = int(MICROS_A_WORTH * PUT_OFF_WORTH * USUAL_HIDDEN)
LEAST_MICROS = terms.RESERVE_MICROS * 6 // 10
"""What a showing has to bring in a usual place: so the least bid for a view has the place that
nobody else wants, where six of ten showings are seen (``chances.USUAL``)."""
RESERVE_MICROS = LEAST_MICROS - COST_MICROS - PUT_OFF_MICROS
"""What a showing has to bring beyond what it takes from its viewer."""


def places(first: int, clips: int, *, ad_at: int) -> list[int]:
    """Return before which clips of a page an ad may stand, as how many of the page come before it.

    first: the position of the page's first clip in the feed, from 1. ad_at: that of the clip after
    which the last ad stood, 0 for none. Each has a clip of the page before it and one after it.
    """
    earliest = max(ad_at + BETWEEN - (first - 1), 1)
    floats = [start + n for start in (earliest, earliest + BETWEEN) for n in range(FLOATS)]
    return [place for place in floats if place < clips]


@lru_cache(maxsize=1_000)
def together(
    places: tuple[int, ...], *, most: int, between: int = BETWEEN
) -> Sequence[tuple[int, ...]]:
    """Return which of some places may be filled at once, by their number, no more than the most."""
    return [
        found
        for size in range(1, most + 1)
        for found in combinations(range(len(places)), size)
        if all(places[b] - places[a] >= between for a, b in pairwise(found))
    ]


def among_results(results: int) -> list[int]:
    """Return after how many results of a first page ads may stand; nowhere where there are few."""
    return list(AMONG_RESULTS[: results // RESULTS_AN_AD])


def seen(places: Sequence[int]) -> list[int]:
    """Return how likely each place is to be seen, falling, in any unit."""
    return [max(int(10_000 * (SEEN / 100) ** place), 1) for place in places]
