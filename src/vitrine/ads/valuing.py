"""What each ad bids, and what one view or click of it is worth to its campaign: a line for each.

Whoever pays by the view or click says that itself. What is to sell is bid for by what a click of it
brings, so its bid is worked out here, as ads are read, and pages find it ready.
Source: docs/adr/0123-orders-and-returns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np

from vitrine.ads import outcomes, planning
from vitrine.ads.models import Objective, Placement
from vitrine.recommend.arrays import Counts, Doubles

AUTOMATIC = -1
"""Instead of a bid: as much as makes the budget last."""
WHOLE_PERCENT = 100


class Line(Protocol):
    """An ad, as far as it says what it bids for."""

    @property
    def ad(self) -> int:
        """Return its primary key."""

    @property
    def campaign(self) -> int:
        """Return that of its campaign."""

    @property
    def objective(self) -> str:
        """Return what the campaign is for."""

    @property
    def bid_micros(self) -> int | None:
        """Return what is bid by hand: see ``AdGroup``."""

    @property
    def target_percent(self) -> int | None:
        """Return what it is to bring back: see ``Campaign``."""


class Return(NamedTuple):
    """What a campaign is to bring back. target: for each unit spent. gained_micros: beyond that
    until now; below 0 it has to be caught up with, over so many auctions.
    """

    target: float
    gained_micros: float
    auctions: float


@dataclass(frozen=True)
class Values:
    """bids_micros: for one view or click; AUTOMATIC where that is left to us, and then
    most_micros: the most that is bid, 0 where nobody said.

    each: what one view or click is worth in the unit that the campaign is paced in: 1, or orders,
    or micros of sales. order_chances: of a click to bring an order, before they are set right; 0
    where nobody bids for that. returns: by campaign, of those that are to bring something back.
    """

    bids_micros: Counts
    most_micros: Counts
    each: Doubles
    order_chances: Doubles
    returns: dict[int, Return]


def of(lines: Sequence[Line], *, placement: Placement, at: datetime) -> Values:
    """Return what ads bid. Queries: 0, or those of ``outcomes.read`` where any is to sell."""
    found = Values(
        bids_micros=np.array([line.bid_micros or AUTOMATIC for line in lines], np.int64),
        most_micros=np.zeros(len(lines), np.int64),
        each=np.ones(len(lines)),
        order_chances=np.zeros(len(lines)),
        returns={},
    )
    goals = [Objective(line.objective) for line in lines]
    selling = [n for n, goal in enumerate(goals) if goal.sells]
    if selling:
        _sell(found, lines, goals, selling, placement, at)
    return found


def _sell(
    found: Values,
    lines: Sequence[Line],
    goals: Sequence[Objective],
    selling: Sequence[int],
    placement: Placement,
    at: datetime,
) -> None:
    """Work out the bids of ads that are to sell."""
    targets = {
        line.campaign: line.target_percent / WHOLE_PERCENT
        for line in lines
        if line.target_percent is not None
    }
    ads = [lines[n].ad for n in selling]
    brings = outcomes.read(ads, list(targets), placement=placement, at=at)
    found.order_chances[selling] = brings.raw(ads)
    by_orders, by_sales = brings.orders(ads), brings.sales_micros(ads)
    for n, orders, sales_micros in zip(selling, by_orders, by_sales, strict=True):
        bid = lines[n].bid_micros
        if goals[n] is Objective.RETURN:
            found.each[n], found.most_micros[n] = sales_micros, bid or 0
            found.bids_micros[n] = AUTOMATIC
        else:
            found.each[n] = orders
            if bid is not None:
                found.bids_micros[n] = max(int(bid * orders), 1)
    auctions = planning.auctions_a_day(targets, at=at) if targets else {}
    for campaign, target in targets.items():
        gain = brings.gains.get(campaign, outcomes.Gain(0.0, 0.0))
        gained = gain.sales_micros - target * gain.spent_micros
        found.returns[campaign] = Return(target, gained, auctions[campaign])
