"""How high a campaign bids so that its budget lasts, and buys the most: no clock, no database.

Of each auction it is known, won or lost, what the place would have cost. From the latest of them is
read at what price per value a campaign spends what it has left over the auctions that it has left.
That price is the dual of its budget, solved anew instead of approached step by step; with a target
for what it earns back, the dual of that as well. Source: docs/adr/0111-pacing-solves-anew.md.
"""

from array import array
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from vitrine.recommend.arrays import Doubles

LOOKS_BACK = 2_000
"""Auctions: enough to know what is rare, few enough to follow the hours of a day."""
EVERY = 100
"""Auctions after which what was seen is looked at again."""
LEARNS = 0.05
"""Of what could be spent, and of the auctions, so much is bought however little comes back, the
cheapest: what nobody sees brings nothing, and would be held to bring nothing for ever."""


@dataclass
class Pacer:
    """The bids of one campaign. Values and prices in any unit; bids in that of prices.

    usual: what is paid for a value of 1 until anything was seen. target: value that each unit spent
    has to bring at least, 0 for none.
    """

    usual: float
    target: float = 0.0
    gained: float = 0.0
    """Value brought beyond the target's until now; below 0 it has to be caught up with."""
    _values: "array[float]" = field(default_factory=lambda: array("d"))
    _prices: "array[float]" = field(default_factory=lambda: array("d"))
    _noted: int = 0
    _rates: Doubles = field(default_factory=partial(np.zeros, 0))
    _least_lost: Doubles = field(default_factory=partial(np.zeros, 0))
    _most_gained: int = 0
    _prices_of_value: Doubles = field(default_factory=partial(np.zeros, 0))

    def price_of_value(self, rate: float, auctions: float) -> float:
        """Return what to pay for a value of 1 so as to spend so much an auction.

        auctions: how many are expected until the budget ends, this one included.
        """
        if not len(self._rates):
            return self.usual
        found = _up_to(self._rates, rate)
        if self.target:
            affordable = _up_to(self._least_lost, self.gained / max(auctions, 1.0))
            cheapest = _up_to(self._rates, LEARNS * rate)
            least = min(cheapest, int(LEARNS * len(self._rates)))
            found = min(found, max(affordable, self._most_gained, least))
        if found < len(self._prices_of_value):
            return float(self._prices_of_value[found])
        # What is to bring something back pays no price that nobody has seen yet.
        seen = float(self._prices_of_value[-1])
        return max(seen, 1 / self.target) if self.target else float("inf")

    def note(self, value: float, price: float) -> None:
        """Note an auction: what it was worth here, and what the place would have cost."""
        self._values.append(value)
        self._prices.append(price)
        self._noted += 1
        if self._noted % EVERY == 0 or self._noted in (10, 20, 50):
            del self._values[:-LOOKS_BACK], self._prices[:-LOOKS_BACK]
            self._look()

    def _look(self) -> None:
        """Order what was seen by price of value: what is cheapest is bought first."""
        values, prices = np.array(self._values), np.array(self._prices)
        per_value = prices / np.maximum(values, 1e-12)
        order = np.argsort(per_value, kind="stable")
        self._prices_of_value = per_value[order]
        self._rates = _mean_of_first(prices[order])
        if self.target:
            lost = _mean_of_first((self.target * prices - values)[order])
            self._least_lost = np.minimum.accumulate(lost[::-1])[::-1]
            self._most_gained = int(np.argmin(lost))


def _up_to(amounts: Doubles, most: float) -> int:
    """Return how many amounts there are up to some. amounts: rising."""
    return int(amounts.searchsorted(most, "right"))


def _mean_of_first(amounts: Doubles) -> Doubles:
    """Return for each place the sum up to it, for one auction of all."""
    return np.asarray(np.cumsum(amounts) / len(amounts))
