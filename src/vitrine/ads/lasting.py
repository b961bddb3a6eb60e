"""How much a campaign spends on an auction so that its money lasts: no clock, no database.

Money is to last until a moment, and is spent evenly over the auctions that there were a day before
in so long. Campaigns of one account share what the account has.
Source: docs/adr/0128-money-that-lasts.md.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

HOUR = timedelta(hours=1)
HOURS_A_DAY = 24
LEAST_PART = 0.25
"""So much of what is usual comes at least: an hour that was quiet yesterday is no reason to spend a
day's money on its first pages."""
LEFT_BY_HAND = 0.5
"""Whatever campaigns with bids of their own spend of an account, so much is left to the others."""


@dataclass(frozen=True)
class Hours:
    """Auctions by hour, as there were a day before. from_at: the first hour's beginning."""

    from_at: datetime
    each: Sequence[float]

    @property
    def a_day(self) -> float:
        """Return how many a day has."""
        return sum(self.each)

    def between(self, at: datetime, until_at: datetime) -> float:
        """Return how many come between two moments, parts of hours included; at least one."""
        first, last = ((moment - self.from_at) / HOUR for moment in (at, until_at))
        usual = (last - first) / HOURS_A_DAY * self.a_day
        return max(self._before(last) - self._before(first), LEAST_PART * usual, 1.0)

    def _before(self, hour: float) -> float:
        days, rest = divmod(hour, HOURS_A_DAY)
        whole = int(rest)
        return days * self.a_day + sum(self.each[:whole]) + (rest - whole) * self.each[whole]


class Purse(NamedTuple):
    """Money that is to last until a moment."""

    left_micros: float
    until_at: datetime


@dataclass(frozen=True)
class Spender:
    """A campaign. purses: its own, one at least. hours: auctions that it may enter.

    account: whose purse it shares. spends: on an auction, in micros, where it bids by hand; None:
    what we let it.
    """

    account: int
    purses: Sequence[Purse]
    hours: Hours
    spends: float | None = None

    def wish(self, at: datetime) -> float:
        """Return what it would spend on an auction if it were alone, in micros."""
        most = min(one.left_micros / self.hours.between(at, one.until_at) for one in self.purses)
        return max(most if self.spends is None else min(most, self.spends), 0.0)


def rates(
    spenders: Mapping[int, Spender], accounts: Mapping[int, Purse], *, at: datetime
) -> dict[int, float]:
    """Return what each campaign that leaves its bids to us means to spend on an auction, in micros.

    accounts: what those have left of which that is known. Where it is less than all would spend
    until then, each spends the same part of what it wishes.
    """
    wishes = {key: one.wish(at) for key, one in spenders.items()}
    wanted: defaultdict[tuple[int, bool], float] = defaultdict(float)
    for key, one in spenders.items():
        purse = accounts.get(one.account)
        if purse is not None:
            coming = one.hours.between(at, purse.until_at)
            wanted[one.account, one.spends is None] += wishes[key] * coming
    found = {}
    for key, one in spenders.items():
        if one.spends is None:
            found[key], purse = wishes[key], accounts.get(one.account)
            if purse is not None:
                all_left = max(purse.left_micros, 0.0)
                left = max(all_left - wanted[one.account, False], LEFT_BY_HAND * all_left)
                found[key] *= min(left / max(wanted[one.account, True], 1.0), 1.0)
    return found
