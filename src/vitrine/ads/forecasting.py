"""How much a campaign may come to, from what places went for in the last days: no database.

Days and viewers are drawn again and again from those there were, and each time the campaign buys
what it would have won: at its bid as they come until the day's money is spent, or, where the bid is
left to us, the cheapest first. The range is what nineteen of twenty of these came to, and a margin.
Source: docs/adr/0117-whom-ads-are-for.md.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vitrine.recommend.arrays import Counts, Doubles

LEAST_PLACES, LEAST_VIEWERS, LEAST_DAYS = 200, 50, 2
"""Below these not enough was shown to tell anything."""
ROUNDS = 80
MARGIN = 0.15
"""Tomorrow is not quite one of these days."""
UNSURE = {"view": 0.1, "click": 0.4}
"""How far the chance of one ad is from that of all, as a share of it (one deviation of its log)."""


@dataclass(frozen=True)
class Market:
    """Places of the last days before viewers whom a campaign is for.

    viewers, days: numbered from 0. worths: what the place was worth to whom had it, in micros.
    empty: for each of these, so many went to nobody. scale: how many viewers one stands for.
    """

    viewers: Counts
    days: Counts
    worths: Counts
    empty: float
    scale: float = 1.0

    @property
    def is_enough(self) -> bool:
        """Tell whether they are enough to tell anything."""
        return (
            len(self.worths) >= LEAST_PLACES
            and len(np.unique(self.viewers)) >= LEAST_VIEWERS
            and len(np.unique(self.days)) >= LEAST_DAYS
        )


@dataclass(frozen=True)
class Wish:
    """What a campaign buys. bid_micros: for a view or click; None: left to us.

    most_micros: the most that is then bid. chance: of a showing to be billed. least_micros: what
    an empty place takes. a_day: how often one viewer may get it in a day.
    """

    what: str
    bid_micros: int | None
    most_micros: float
    chance: float
    daily_micros: int
    least_micros: int
    a_day: float


class Range(NamedTuple):
    """Views or clicks of one day."""

    least: int
    most: int


def forecast(market: Market, wish: Wish, dice: np.random.Generator) -> Range | None:
    """Return what a day comes to, nearly always; None where not enough was shown to tell."""
    if not market.is_enough:
        return None
    outcomes = [_day(market, wish, dice) for _ in range(ROUNDS)]
    least, most = np.quantile(outcomes, [0.025, 0.975])
    return Range(int(least * (1 - MARGIN)), int(np.ceil(most * (1 + MARGIN))))


def _day(market: Market, wish: Wish, dice: np.random.Generator) -> float:
    """Return what one drawn day comes to."""
    chance = min(wish.chance * float(np.exp(dice.normal(0, UNSURE[wish.what]))), 1.0)
    viewers, costs = _drawn(market, wish, dice)
    bid = wish.most_micros if wish.bid_micros is None else float(wish.bid_micros)
    won = costs < bid * chance
    viewers, costs = viewers[won], costs[won]
    seldom = _turns(viewers) < wish.a_day
    costs = costs[seldom]
    if wish.bid_micros is None:
        costs = np.sort(costs)
    affordable = np.searchsorted(np.cumsum(costs), wish.daily_micros / market.scale, "right")
    return float(affordable) * chance * market.scale


def _drawn(market: Market, wish: Wish, dice: np.random.Generator) -> tuple[Counts, Doubles]:
    """Return the places of a day, in any order: their viewers, and what each takes to win."""
    day = dice.choice(np.unique(market.days))
    here = np.flatnonzero(market.days == day)
    often = dice.poisson(1.0, int(market.viewers.max()) + 1)
    copies = often[market.viewers[here]]
    lines = np.repeat(here, copies)
    # Each time that a viewer is drawn is another viewer.
    number = np.arange(len(lines)) - np.repeat(np.cumsum(copies) - copies, copies)
    viewers = market.viewers[lines] * (int(often.max()) + 1) + number
    costs = np.maximum(market.worths[lines].astype(np.float64), wish.least_micros)
    if len(lines) and market.empty > 0:
        more = dice.choice(len(lines), dice.poisson(len(lines) * market.empty))
        viewers = np.concatenate([viewers, viewers[more]])
        costs = np.concatenate([costs, np.full(len(more), float(wish.least_micros))])
    order = dice.permutation(len(costs))
    return viewers[order], costs[order]


def _turns(viewers: Counts) -> Counts:
    """Return for each place how many of its viewer's come before it."""
    order = np.argsort(viewers, kind="stable")
    own = viewers[order]
    begins = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1]])) if len(own) else own
    lengths = np.diff(np.concatenate([begins, [len(own)]]))
    turns = np.empty(len(own), np.int64)
    turns[order] = np.arange(len(own)) - np.repeat(begins, lengths)
    return turns
