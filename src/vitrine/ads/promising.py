"""What a process may still promise out of a lease: arithmetic, no clock, no database.

A token may cost its price or nothing. Held back is what all that were given out are expected to
cost, and twice by how much that may be missed: to hold the full price of each would let a campaign
that pays for clicks show one ad in a hundred. What comes beyond the lease all the same is refused
in the write and is free for its advertiser. Source: docs/adr/0114-budgets-and-leases.md.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, sqrt

MARGIN = 2.0
"""Standard deviations beyond what is expected: with one in fifty leases something is free."""


@dataclass
class Promises:
    """A lease as its process knows it. until_at: no ad is served from it after that.

    expected: the sum of price x chance of its tokens. variance: of that sum. worst: what all of
    them together cost if each is billed. prices: how many there are at each, in micros.
    """

    lease: int
    amount_micros: int
    until_at: datetime
    expected: float = 0.0
    variance: float = 0.0
    worst_micros: int = 0
    prices: Counter[int] = field(default_factory=Counter)

    @property
    def kept_micros(self) -> int:
        """Return what has to be kept for the tokens that were given out: what all cost at most."""
        expected, variance = max(self.expected, 0.0), max(self.variance, 0.0)
        dearest = max((price for price, tokens in self.prices.items() if tokens), default=0)
        kept = max(ceil(expected + MARGIN * sqrt(variance)), dearest)
        return min(kept, self.worst_micros, self.amount_micros)

    def can(self, price_micros: int, chance: float) -> bool:
        """Tell whether a token more may be given out."""
        if price_micros > self.amount_micros:
            return False
        variance = max(self.variance, 0.0) + price_micros**2 * chance * (1 - chance)
        expected = self.expected + price_micros * chance
        kept = min(expected + MARGIN * sqrt(variance), self.worst_micros + price_micros)
        return kept <= self.amount_micros

    def promise(self, price_micros: int, chance: float) -> None:
        """Note that a token was given out. chance: that it is billed."""
        self._add(1, price_micros, chance)

    def unpromise(self, price_micros: int, chance: float) -> None:
        """Note that a token which was promised is given to nobody."""
        self._add(-1, price_micros, chance)

    def _add(self, tokens: int, price_micros: int, chance: float) -> None:
        self.expected += tokens * price_micros * chance
        self.variance += tokens * price_micros**2 * chance * (1 - chance)
        self.worst_micros += tokens * price_micros
        self.prices[price_micros] += tokens
