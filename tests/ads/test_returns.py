"""Campaigns that are to bring something back do, on made-up days; or spend next to nothing.

Each showing is an auction against somebody whose price nobody knows before. Clicks are billed, some
of them are followed by an order, most of those within hours and some after days. What is known is
learnt as it is in production, from what came by then.
"""

from dataclasses import dataclass, field

import numpy as np

from tests.nightly import IS_NIGHT
from vitrine.ads import delays, yields
from vitrine.ads.pacing import LEARNS, Pacer
from vitrine.ads.yields import Lots, Yields
from vitrine.recommend.arrays import Doubles

PLACES, EVERY = 1_500, 75
"""Of a day; and after how many of them is read anew what came of clicks."""
CHANCE = 0.2
WINDOW_H = 7 * 24.0
PRICE_MINOR = 1_000.0
MICROS = 10_000.0


@dataclass
class Days:
    """A campaign, day after day. buys: how many clicks are followed by an order.

    dear: what a showing costs, in micros, as its median. log: of each click when it was, what it
    cost, when it was followed (inf: never) and by how much, in micros.
    """

    dice: np.random.Generator
    target: float
    buys: float
    dear: float
    budget: float
    most: float = 2_000_000.0
    log: list[tuple[float, float, float, float]] = field(default_factory=list)
    by_place: list[float] = field(default_factory=list)
    pacer: Pacer | None = None

    def live(self, days: int, *, restarts_at: int = -1) -> None:
        """Hold the auctions of some days. restarts_at: a place at which the process is another."""
        left = each = gained = 0.0
        for place in range(days * PLACES):
            if place % PLACES == 0:
                left = self.budget
            if place % EVERY == 0:
                each, gained = self._learnt(place / PLACES * 24)
            if self.pacer is None or place == restarts_at:
                self.pacer = Pacer(usual=1 / self.target, target=self.target)
            self.pacer.gained = gained
            rate = left / (PLACES - place % PLACES)
            bid = min(self.pacer.price_of_value(rate, PLACES) * each, self.most)
            costs = self.dear * float(self.dice.lognormal(0, 0.7))
            self.pacer.note(CHANCE * each, costs)
            paid = 0.0
            if bid * CHANCE >= costs and costs / CHANCE <= left and self.dice.random() < CHANCE:
                paid = costs / CHANCE
                self._follow(place / PLACES * 24, paid)
            left -= paid
            self.by_place.append(paid)

    @property
    def spent(self) -> float:
        return sum(self.by_place)

    @property
    def sold(self) -> float:
        """Return what was bought, what came after the last day included."""
        return sum(sales for *_, sales in self.log)

    @property
    def noise(self) -> float:
        """Return by how much what was bought may be less than what was to be expected."""
        orders = sum(sales > 0 for *_, sales in self.log)
        return 3 * float(np.sqrt(1.5 / max(orders, 1)))

    def _follow(self, now_h: float, paid: float) -> None:
        after_h = np.inf
        if self.dice.random() < self.buys:
            mean_h = 1.0 if self.dice.random() < 0.6 else 60.0
            after_h = float(self.dice.exponential(mean_h))
        is_in = after_h <= WINDOW_H
        sales = PRICE_MINOR * MICROS * float(self.dice.gamma(4, 1 / 4)) if is_in else 0.0
        self.log.append((now_h, paid, after_h if is_in else np.inf, sales))

    def _learnt(self, now_h: float) -> tuple[float, float]:
        """Return what a click is held to bring, and what was gained beyond the target, in micros.

        What is counted is half an hour old.
        """
        known = [one for one in self.log if one[0] < now_h - 0.5]
        at_h, paid, after_h, sales = np.array(known or np.zeros((0, 4))).T
        came = at_h + after_h <= now_h
        days = np.arange(int(now_h // 24) + 1)
        lot, windows_h = (at_h // 24).astype(int), np.full(len(days), WINDOW_H)
        spans = np.minimum(now_h - days * 24, 24.0)[:, None]
        ages_h = (now_h - days * 24)[:, None] - spans * ((np.arange(24) + 0.5) / 24)
        clicks = np.bincount(lot, minlength=len(days)).astype(float)
        stretch = np.searchsorted(delays.ENDS_H, after_h[came], side="right")
        orders = np.bincount(stretch, minlength=len(delays.ENDS_H)).astype(float)
        found = delays.learnt(orders, clicks, ages_h, windows_h)
        whole, seen = float(found.by(np.array(WINDOW_H))), found.seen(ages_h, windows_h)
        told = _of_one(float(clicks @ seen), float(came.sum()), float(sales[came].sum()), whole)
        each = float(told.sales_minor[0]) * MICROS
        coming = float(clicks @ np.maximum(whole - seen, 0.0)) * each / whole
        return each, float(sales[came].sum()) + coming - self.target * float(paid.sum())


def _of_one(clicks: float, orders: float, sales: float, whole: float) -> Yields:
    def one(number: float) -> Doubles:
        return np.array([number])

    none = np.zeros(1, np.int64)
    lots = Lots(
        one(clicks), one(orders), one(sales / MICROS), one(PRICE_MINOR), one(0.0), one(0.0),
        one(whole), none, none,
    )  # fmt: skip
    return yields.of(lots)


def test_so_much_is_sold_for_what_is_spent_whatever_it_is() -> None:
    """What it costs to find out is a day's money, and a little of each."""
    days = 8
    for seed in range(300 if IS_NIGHT else 5):
        dice = np.random.default_rng(seed)
        target, buys = float(dice.uniform(1, 30)), float(dice.uniform(0.01, 0.2))
        one = Days(dice, target, buys, dear=20_000.0, budget=12_000_000.0)

        one.live(days)

        by_day = np.array(one.by_place).reshape(days, PLACES).sum(axis=1)
        assert by_day.max() <= one.budget
        finding_out = (1 + LEARNS * days) * one.budget
        assert one.sold * (1 + one.noise) >= target * (one.spent - finding_out), seed


def test_a_target_that_leaves_room_lets_the_whole_budget_be_spent() -> None:
    one = Days(np.random.default_rng(3), 3.0, 0.1, dear=20_000.0, budget=12_000_000.0)

    one.live(5)

    assert one.spent > 0.95 * 5 * one.budget
    assert one.sold > 3 * one.spent


def test_a_target_that_is_near_is_kept_by_spending_less() -> None:
    """All that could be bought would bring eight for each unit, the cheapest parts more."""
    one = Days(np.random.default_rng(4), 12.0, 0.1, dear=20_000.0, budget=60_000_000.0)

    one.live(12)

    late = one.log[len(one.log) // 4 :]
    spent, sold = sum(paid for _, paid, *_ in late), sum(sales for *_, sales in late)
    assert sold >= 12 * spent * (1 - one.noise)
    assert 0.1 < one.spent / (12 * one.budget) < 0.7


def test_a_target_that_cannot_be_reached_costs_a_trickle() -> None:
    one = Days(np.random.default_rng(5), 100.0, 0.02, dear=20_000.0, budget=12_000_000.0)

    one.live(6)

    assert 0 < one.spent < 1.5 * LEARNS * 6 * one.budget


def test_a_process_that_begins_anew_makes_up_for_nothing() -> None:
    days, restarts_at = 6, 4 * PLACES + PLACES // 2
    one = Days(np.random.default_rng(6), 10.0, 0.1, dear=20_000.0, budget=12_000_000.0)

    one.live(days, restarts_at=restarts_at)

    spent = np.array(one.by_place)
    usual = spent[3 * PLACES : restarts_at].mean()
    assert spent[restarts_at : restarts_at + 200].mean() < 2 * usual
    assert spent[restarts_at:].sum() <= 2 * one.budget
