"""What a campaign is told to expect holds what it comes to, in auctions that are held for it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.nightly import IS_NIGHT
from vitrine.ads import auction, forecasting, load
from vitrine.ads.auction import CERTAIN, Entrants, Places
from vitrine.ads.forecasting import Market, Range, Wish
from vitrine.ads.pacing import Pacer

LEAST = load.LEAST_MICROS
PLACE = Places.any_of([1])
COST = load.COST_MICROS + load.PUT_OFF_MICROS
DAYS, VIEWERS, OTHERS = 4, 150, 6


@dataclass
class World:
    """A place with some bidders, whose bids are others at each place, and its viewers.

    level: what these bid, as a share of a first bid. what, chance: what a showing is billed for,
    and how likely that is.
    """

    dice: np.random.Generator
    level: float
    what: str
    chance: float

    @property
    def first_bid(self) -> float:
        return 1.5 * LEAST / self.chance

    def day(self) -> np.ndarray:
        """Return whose the places of a day are, in their order."""
        return self.dice.permutation(np.repeat(np.arange(VIEWERS), self.dice.poisson(4, VIEWERS)))

    def entrants(self, own_bid: float, *, is_in: bool) -> Entrants:
        """Return those who bid for a place, of whom 0 is the new campaign."""
        others = self.dice.lognormal(np.log(self.level * self.first_bid), 0.5, OTHERS)
        others[self.dice.random(OTHERS) >= 0.4] = 0.0  # they do not come
        bids = np.concatenate([[int(own_bid) if is_in else 0], others.astype(np.int64)])
        return Entrants(
            ids=np.arange(OTHERS + 1),
            bids_micros=bids,
            chances=np.full(OTHERS + 1, int(self.chance * CERTAIN)),
            costs_micros=np.full(OTHERS + 1, COST),
        )

    def market(self) -> Market:
        """Hold the auctions of some days without the campaign, and keep what is logged of them."""
        rows, empty = [], 0
        for day in range(DAYS):
            for viewer in self.day().tolist():
                held = self.entrants(0, is_in=False)
                found = auction.awarded(held, PLACE, reserve_micros=load.RESERVE_MICROS)
                if found:
                    worth = int(held.bids_micros[found[0].line] * self.chance)
                    rows.append((viewer, day, worth))
                else:
                    empty += 1
        viewers, days, worths = np.array(rows).T
        return Market(viewers, days, worths, empty / len(rows))

    def outcome(self, wish: Wish) -> int:
        """Hold the auctions of the next day with the campaign; return what it was billed for."""
        left, got, met = float(wish.daily_micros), 0, np.zeros(VIEWERS)
        pacer, places = Pacer(usual=self.first_bid), self.day().tolist()
        for n, viewer in enumerate(places):
            bid = float(wish.bid_micros or 0)
            if wish.bid_micros is None:
                bid = min(pacer.price_of_value(left / (len(places) - n), 1.0), wish.most_micros)
            is_in = met[viewer] < wish.a_day and left >= bid
            held = self.entrants(bid, is_in=is_in)
            found = auction.awarded(held, PLACE, reserve_micros=load.RESERVE_MICROS)
            cost = max(int(held.worths[1:].max()) / CERTAIN, load.RESERVE_MICROS) + COST
            is_won = bool(found) and found[0].line == 0
            pacer.note(self.chance, cost)
            if is_won:
                met[viewer] += 1
                if self.dice.random() < self.chance:
                    left -= found[0].price_micros
                    got += 1
        return got


def wishes(of: World) -> Wish:
    """Return a campaign of any size: it wins little or most, and its money lasts or does not."""
    dice, first_bid = of.dice, of.first_bid
    bid = None if dice.random() < 0.5 else int(first_bid * dice.uniform(0.8, 3))
    return Wish(
        of.what, bid, 10 * first_bid, of.chance, int(10 ** dice.uniform(5.3, 6.5)), LEAST,
        float(dice.integers(1, 6)),
    )  # fmt: skip


A_WORLD = World(np.random.default_rng(1), 1.0, "view", 0.6)


@pytest.mark.parametrize("what, chance, widest", [("view", 0.6, 3), ("click", 0.05, 10)])
def test_nine_of_ten_campaigns_come_to_what_they_were_told(
    what: str, chance: float, widest: int
) -> None:
    markets, campaigns = (20, 40) if IS_NIGHT else (3, 14)
    inside, widths = [], []
    for seed in range(markets):
        world = World(np.random.default_rng(seed), 0.6 + 0.4 * seed, what, chance)
        market = world.market()
        for _ in range(campaigns):
            wish = wishes(world)
            told = forecasting.forecast(market, wish, world.dice)
            assert told is not None
            inside.append(told.least <= world.outcome(wish) <= told.most)
            widths.append(told.most / max(told.least, 1))

    assert sum(inside) >= 0.9 * len(inside)
    assert np.median(widths) < widest  # a range that holds everything says nothing


def a_market(viewers: int, places: int, days: int) -> Market:
    numbers = np.arange(places)
    return Market(numbers % viewers, numbers % days, np.full(places, 3_000), 0.0)


@pytest.mark.parametrize("viewers, places, days", [(49, 400, 4), (100, 199, 4), (100, 400, 1)])
def test_too_little_tells_nothing(viewers: int, places: int, days: int) -> None:
    wish = wishes(A_WORLD)

    told = forecasting.forecast(a_market(viewers, places, days), wish, np.random.default_rng(1))

    assert told is None


def test_money_bids_and_caps_each_keep_it_small() -> None:
    market = a_market(100, 4_000, 4)  # a thousand places a day, ten of each viewer
    plenty = Wish("view", 8_000, 0.0, 0.6, 10**9, LEAST, 99.0)

    def told(**fields: Any) -> Range:

        found = forecasting.forecast(market, replace(plenty, **fields), np.random.default_rng(5))
        assert found is not None
        return found

    assert told().least <= 600 <= told().most
    assert told(daily_micros=300_000).most < 100  # at 3,000 a showing, sixty views
    assert told(bid_micros=2_000) == (0, 0)
    assert told(a_day=1.0).most < 100
