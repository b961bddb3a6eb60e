"""Which touch of an ad gets the credit for what somebody bought: no clock, no database.

A click beats a view, of those the last one wins, and nothing counts outside the windows that its
campaign declared. So a line is credited once or not at all, in whatever order touches are read and
however often. Source: docs/adr/0116-whose-sale.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

CLICK_DAYS = (1, 7, 14, 28)
VIEW_DAYS = (0, 1, 7)
"""Windows that a campaign may declare; 0: views do not count. Showings are kept for 30 days, so
that the longest is known whole."""
USUAL_CLICK_DAYS, USUAL_VIEW_DAYS = 7, 1
LONGEST = timedelta(days=max(CLICK_DAYS))


class Touch(NamedTuple):
    """Somebody saw an ad for two seconds, or followed it. showing: its token's, time-ordered.

    click_days, view_days: how long its campaign counts each. merchant: the shop whose account
    advertised; where there is none, products: what the ad leads to and what is on its clip.
    """

    showing: int
    ad: int
    campaign: int
    is_click: bool
    at: datetime
    click_days: int
    view_days: int
    merchant: int | None = None
    products: frozenset[int] = frozenset()

    def counts(self, *, bought_at: datetime) -> bool:
        """Tell whether something bought then lies in its window, both ends included."""
        window = timedelta(days=self.click_days if self.is_click else self.view_days)
        return bool(window) and timedelta() <= bought_at - self.at <= window

    def sells(self, *, merchant: int, product: int) -> bool:
        """Tell whether what was bought is what its advertiser sells."""
        if self.merchant is not None:
            return self.merchant == merchant
        return product in self.products


class Bought(NamedTuple):
    """A line of an order, by primary keys."""

    merchant: int
    product: int
    at: datetime


def credited(touches: Iterable[Touch], bought: Bought) -> Touch | None:
    """Return the touch that gets the credit for a line; None where nobody does.

    Of two at the same moment the ad that was shown first gets it, then the older ad.
    """
    counting = (
        touch
        for touch in touches
        if touch.counts(bought_at=bought.at)
        and touch.sells(merchant=bought.merchant, product=bought.product)
    )
    return max(counting, key=_rank, default=None)


def _rank(touch: Touch) -> tuple[bool, datetime, int, int]:
    return touch.is_click, touch.at, -touch.showing, -touch.ad
