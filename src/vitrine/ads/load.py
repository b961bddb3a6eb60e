"""How many ads a viewer may meet, what one takes from them, and what a place costs at least.

In one place, each with its reason. Source: docs/adr/0114-budgets-and-leases.md.
"""

from collections.abc import Sequence
from datetime import timedelta

from vitrine.ads import terms

BETWEEN = 6
"""Clips before the first ad and between two: the seventh thing and then every seventh is one.
One less where that clip is the last of its page: what comes after it is not known yet.
"""
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
AMONG_RESULTS = (0, 12)
"""After how many results of the first page an ad may stand: above all, and half-way down."""

LOST_S = 5.0
MICROS_A_SECOND = 100
COST_MICROS = int(LOST_S * MICROS_A_SECOND)
"""An ad takes some seconds of watching that a clip would have had. A second of somebody's watching
is held to be worth a twentieth of what a view costs where nobody else wants the place.
"""
RESERVE_MICROS = terms.RESERVE_MICROS * 6 // 10 - COST_MICROS
"""What a showing has to bring beyond what it takes from its viewer, so that the least bid for a
view has the place that nobody else wants, where six of ten showings are seen (``chances.USUAL``).
"""
SEEN = 90
"""Of a hundred who see a clip, so many see the next one."""


def places(first: int, clips: int) -> list[int]:
    """Return before which clips of a page an ad may stand, as how many of the page come before it.

    first: the position of the page's first clip in the feed, from 1. Each has a clip of the page
    before it and one after it.
    """
    found = [min(n + 1, clips - 1) for n in range(clips) if (first + n) % BETWEEN == 0]
    return [place for place in found if place > 0][:MOST_A_PAGE]


def among_results(results: int) -> list[int]:
    """Return after how many results of a first page ads may stand; nowhere where there are few."""
    return list(AMONG_RESULTS[: results // RESULTS_AN_AD])


def seen(places: Sequence[int]) -> list[int]:
    """Return how likely each place is to be seen, falling, in any unit."""
    return [max(int(10_000 * (SEEN / 100) ** place), 1) for place in places]
