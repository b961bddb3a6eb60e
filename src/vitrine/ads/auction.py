"""Which ads get the places of a page, and what they pay: whole numbers, no clock, no database.

One place goes by second price, several by Vickrey, Clarke and Groves. An ad's place depends on its
own bid and its price never does, so nobody gains by bidding anything but what a view, a click or
an order is worth to them. Sources: docs/adr/0110-one-auction-for-a-page.md, and 0125-the-blend.md
for what a place costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil
from typing import Self

import numpy as np

from vitrine.recommend.arrays import Counts

CERTAIN = 10**9
"""Chances are counted in billionths, so that what an ad is worth is exact."""
MOST_BID_MICROS = 9 * 10**9
"""9,000 of a currency for one view, click or order. More would not fit into 63 bits."""


@dataclass(frozen=True)
class Entrants:
    """Ads that ask for a place, a line for each.

    bids_micros: the most that is paid for what the ad is billed for, 0 to MOST_BID_MICROS.
    chances: of it to follow from one showing, in billionths; CERTAIN for who pays by the view.
    costs_micros: what one showing takes from its viewer, in the unit that the feed is weighed in.
    """

    ids: Counts
    bids_micros: Counts
    chances: Counts
    costs_micros: Counts

    @property
    def worths(self) -> Counts:
        """Return what one showing of each is worth, in billionths of a micro."""
        return worths(self.bids_micros, self.chances, self.costs_micros)


def worths(bids_micros: Counts, chances: Counts, costs_micros: Counts) -> Counts:
    """Return what one showing of each ad is worth, in billionths of a micro."""
    return bids_micros * chances - costs_micros * CERTAIN


@dataclass(frozen=True)
class Places:
    """Where ads may stand on a page.

    seen: how likely each place is to be seen, falling, above 0, in any unit. costs_micros: what
    whoever stands there takes from the viewer, and so has to be worth at least. sets: which of the
    places may be filled at once, ascending; with each of these, all parts of it but the empty one.
    """

    seen: Sequence[int]
    costs_micros: Sequence[int]
    sets: Sequence[tuple[int, ...]]

    @classmethod
    def any_of(cls, seen: Sequence[int], costs_micros: int = 0) -> Self:
        """Return places that may all be filled, and that cost the same."""
        sizes = range(1, len(seen) + 1)
        sets = [found for size in sizes for found in combinations(range(len(seen)), size)]
        return cls(seen, [costs_micros] * len(seen), sets)

    @property
    def most(self) -> int:
        """Return how many ads there can be at once."""
        return max(map(len, self.sets), default=0)


@dataclass(frozen=True)
class Award:
    """A place that an ad got. line: of the entrants. place: of the places.

    exact: what is paid in micros for what the ad is billed for; price_micros: rounded up.
    """

    line: int
    exact: Fraction
    place: int = 0

    @property
    def price_micros(self) -> int:
        """Return what is billed: at least 0, at most the bid."""
        return ceil(self.exact)


def awarded(of: Entrants, places: Places, *, reserve_micros: int) -> list[Award]:
    """Fill those places that bring most with the ads that are worth most, the first with the best.

    Where no ad is worth the reserve and what its place costs the place stays empty. Of equals the
    lower id comes first, and the earlier place. Who may bid at all is not decided here.
    """
    worths, floors = of.worths, [CERTAIN * (reserve_micros + cost) for cost in places.costs_micros]
    lines = np.flatnonzero((of.chances > 0) & (worths >= min(floors, default=0)))
    best = _best(lines, worths, of.ids, places.most + 1)
    asked = [int(worths[line]) for line in best]
    had, chosen = _most(asked, floors, places)
    found = []
    for number, place in enumerate(chosen):
        # What the others lose by its being there: what they would have without it, less what they
        # have. In whole numbers up to the last step: fractions take longer than all of the rest.
        others, _ = _most(asked[:number] + asked[number + 1 :], floors, places)
        line, seen = best[number], places.seen[place]
        paid = asked[number] * seen - (had - others)
        if places.most == 1 and _is_beaten(of, best, asked, paid, seen):
            paid += seen
        paid += int(of.costs_micros[line]) * CERTAIN * seen
        exact = Fraction(max(paid, 0), int(of.chances[line]) * seen)
        found.append(Award(line, exact, place))
    return found


def _is_beaten(
    of: Entrants, best: Sequence[int], asked: Sequence[int], paid: int, seen: int
) -> bool:
    """Tell whether the first, were it worth no more than what it pays, would have been second."""
    if len(best) == 1 or paid != asked[1] * seen:
        return False
    return bool(of.ids[best[1]] < of.ids[best[0]])


def _most(
    asked: Sequence[int], floors: Sequence[int], places: Places
) -> tuple[int, tuple[int, ...]]:
    """Return the most that ads bring beyond what places cost, and the places that they then have.

    asked: what they are worth, falling.
    """
    most, seen = 0, places.seen
    found: tuple[int, ...] = ()
    for chosen in places.sets:
        if len(chosen) > len(asked):
            continue
        had = 0
        for place, worth in zip(chosen, asked, strict=False):
            had += seen[place] * (worth - floors[place])
        if had > most or (had == most and len(chosen) > len(found)):
            most, found = had, chosen
    return most, found


def _best(lines: Counts, worths: Counts, ids: Counts, size: int) -> list[int]:
    """Return the lines that are worth most, the best first; of equals the lower id first."""
    order = np.lexsort((ids[lines], -worths[lines]))
    return [int(line) for line in lines[order[:size]]]
