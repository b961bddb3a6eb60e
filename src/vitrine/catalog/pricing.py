"""What a thing costs at a moment, and what it cost before. Pure: no Django, no clock.

The price is a function of the row and the clock: a sale begins and ends, and a new price comes into
force, without anything having to run. Source: docs/adr/0062-catalogue.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOKED_BACK = timedelta(days=30)
"""A price before is the lowest of so many days before the reduction."""
MOST_SHOWN = timedelta(days=90)
"""A reduction that is older is the price, and nothing is said of one before."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """A price, a sale within it and a price to come. from inclusive, until exclusive."""

    price_minor: int
    sale_minor: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    next_minor: int | None = None
    next_from: datetime | None = None

    def at(self, moment: datetime) -> int:
        """Return what it costs then: a sale never makes it dearer."""
        regular = self.regular_at(moment)
        if self.sale_minor is None:
            return regular
        begun = self.sale_from is None or self.sale_from <= moment
        ended = self.sale_until is not None and self.sale_until <= moment
        return min(regular, self.sale_minor) if begun and not ended else regular

    def regular_at(self, moment: datetime) -> int:
        """Return what it costs then without the sale."""
        if self.next_minor is not None and self.next_from is not None:
            return self.next_minor if self.next_from <= moment else self.price_minor
        return self.price_minor

    @property
    def turns(self) -> list[datetime]:
        """The moments at which it changes by itself."""
        return [each for each in (self.sale_from, self.sale_until, self.next_from) if each]


@dataclass(frozen=True, slots=True)
class Fact:
    """A pricing as it was written at a moment; it held until the next was written."""

    pricing: Pricing
    at: datetime


def price_before(facts: Sequence[Fact], *, at: datetime) -> int | None:
    """Return the lowest price in the 30 days before the reduction to the price of now.

    facts: of one variant, the oldest first. None where it is not reduced, was never sold at another
    price before, or has been reduced for so long that it is the price.
    """
    steps = _steps(facts, until=at)
    if not steps:
        return None
    now = steps[-1][1]
    began = len(steps) - 1
    while began and steps[began - 1][1] == now:
        began -= 1
    if not began or at - steps[began][0] > MOST_SHOWN:
        return None
    reduced_at = steps[began][0]
    since = reduced_at - LOOKED_BACK
    # What held at the beginning of the 30 days counts, too: it was written before them.
    held = [
        price
        for number, (_, price) in enumerate(steps[:began])
        if number + 1 == began or steps[number + 1][0] > since
    ]
    before = min(held)
    return before if before > now else None


def _steps(facts: Sequence[Fact], *, until: datetime) -> list[tuple[datetime, int]]:
    """Return each moment at which the price may have changed, with the price from then on."""
    steps: list[tuple[datetime, int]] = []
    for number, fact in enumerate(facts):
        end = facts[number + 1].at if number + 1 < len(facts) else None
        turns = sorted(turn for turn in fact.pricing.turns if fact.at < turn)
        steps += [
            (moment, fact.pricing.at(moment))
            for moment in (fact.at, *turns)
            if moment <= until and (end is None or moment < end)
        ]
    return steps
