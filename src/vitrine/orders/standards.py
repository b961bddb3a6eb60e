"""How well a merchant serves its buyers, as sums that can be checked by hand. Pure.

A score is so many of so many, with a threshold and what happens past it; never a grade. It is
there only where its facts are, and judged only once there are enough of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ENOUGH = 10
"""So many facts a score needs before it is held against anybody: one of three tells nothing."""
WINDOW_DAYS = 60
ANSWER_HOURS = 24
"""So long a shop has to answer what a buyer asks."""


@dataclass(frozen=True, slots=True)
class Standard:
    """One score's rule. most_percent: the threshold; past it, the shop is warned."""

    code: str
    most_percent: Decimal


STANDARDS = {
    standard.code: standard
    for standard in (
        Standard("late", Decimal(4)),
        Standard("cancelled", Decimal("2.5")),
        Standard("refunded", Decimal(10)),
        Standard("unanswered", Decimal(10)),
    )
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that counts. counts_against: it is in the numerator, not in the denominator only.

    key: names it to whoever reads the sum, such as an order's public id.
    """

    key: str
    counts_against: bool


@dataclass(frozen=True, slots=True)
class Score:
    """A sum: of how many, against how many, and which."""

    standard: Standard
    facts: Sequence[Fact]

    @property
    def of(self) -> int:
        """Return the denominator."""
        return len(self.facts)

    @property
    def against(self) -> list[Fact]:
        """Return what is counted against the shop."""
        return [fact for fact in self.facts if fact.counts_against]

    @property
    def percent(self) -> Decimal:
        """Return the share that counts against it, in percent with one decimal; 0 of nothing."""
        if not self.facts:
            return Decimal("0.0")
        share = Decimal(100 * len(self.against)) / self.of
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_judged(self) -> bool:
        """Tell whether there are enough facts to say anything."""
        return self.of >= ENOUGH

    @property
    def is_past(self) -> bool:
        """Tell whether it is judged and past its threshold: by the sum itself, not as rounded."""
        share = Decimal(100 * len(self.against))
        return self.is_judged and share > self.standard.most_percent * self.of
