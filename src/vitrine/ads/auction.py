"""Which ads get the places of a page, and what they pay: whole numbers, no clock, no database.

One place goes by second price, several by Vickrey, Clarke and Groves. An ad's place depends on its
own bid and its price never does, so nobody gains by bidding anything but what a view, a click or
an order is worth to them. Source: docs/adr/0110-one-auction-for-a-page.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from vitrine.recommend.arrays import Counts, Flags

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
    left_micros: what may still be spent. is_open: whether all gates let it in.
    """

    ids: Counts
    bids_micros: Counts
    chances: Counts
    costs_micros: Counts
    left_micros: Counts
    is_open: Flags

    @property
    def worths(self) -> Counts:
        """Return what one showing of each is worth, in billionths of a micro."""
        return self.bids_micros * self.chances - self.costs_micros * CERTAIN


@dataclass(frozen=True)
class Award:
    """A place that an ad got. line: of the entrants.

    exact: what is paid in micros for what the ad is billed for; price_micros: rounded up.
    """

    line: int
    exact: Fraction

    @property
    def price_micros(self) -> int:
        """Return what is billed: at least 0, at most the bid."""
        return ceil(self.exact)


def awarded(of: Entrants, places: Sequence[int], *, reserve_micros: int) -> list[Award]:
    """Give places to the ads that are worth most, the first to the best.

    places: how likely each is to be seen, falling, above 0, in any unit. Places that no ad is worth
    the reserve for stay empty. Of equals the lower id comes first. An ad that could not pay its bid
    is left out, so that no budget is overspent.
    """
    floor = reserve_micros * CERTAIN
    worths = of.worths
    runs = of.is_open & (of.chances > 0) & (worths >= floor) & (of.bids_micros <= of.left_micros)
    best = _best(np.flatnonzero(runs), worths, of.ids, len(places) + 1)
    asked = [*(int(worths[line]) for line in best), *[floor] * (len(places) + 1 - len(best))]
    steps = [here - after for here, after in zip(places, [*places[1:], 0], strict=True)]
    found = []
    for place, line in enumerate(best[: len(places)]):
        # What the others lose by it: those behind it would each stand one place further ahead.
        lost = sum(step * asked[place + 1 + n] for n, step in enumerate(steps[place:]))
        if len(places) == 1 and len(best) > 1 and of.ids[best[1]] < of.ids[line]:
            lost += places[0]  # an equal would have come first: it has to be worth more
        paid = Fraction(lost, places[place]) + int(of.costs_micros[line]) * CERTAIN
        found.append(Award(line, max(paid / int(of.chances[line]), Fraction(0))))
    return found


def _best(lines: Counts, worths: Counts, ids: Counts, size: int) -> list[int]:
    """Return the lines that are worth most, the best first; of equals the lower id first."""
    if len(lines) > size:
        own = worths[lines]
        least = np.partition(own, len(own) - size)[len(own) - size]
        lines = lines[own >= least]
    order = np.lexsort((ids[lines], -worths[lines]))
    return [int(line) for line in lines[order[:size]]]
