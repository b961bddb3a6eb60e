"""What a click brings: as many orders as foretold, though they come late and the best win."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

from vitrine.ads import delays, yields
from vitrine.ads.delays import ENDS_H, Delays
from vitrine.ads.yields import Lots, Yields
from vitrine.recommend.arrays import Counts, Doubles, Flags

ADS, OFFERED, DAYS = 60, 8, 70
CLICKS_A_DAY = 5_000
DAY_H, AGES = 24.0, 24
LONGEST_H = ENDS_H[-1]


class Truth(NamedTuple):
    """Ads as they are. rates: orders of a click within the longest window."""

    rates: Doubles
    bids: Doubles
    windows_h: Doubles
    products: Counts
    shops: Counts

    @classmethod
    def drawn(cls, dice: np.random.Generator) -> "Truth":
        shops = np.arange(ADS) // 6
        products = np.arange(ADS) // 2
        alike = dice.lognormal(0, 0.4, ADS)[shops] * dice.lognormal(0, 0.3, ADS)[products]
        return cls(
            rates=np.clip(0.035 * alike * dice.lognormal(0, 0.3, ADS), 0, 0.5),
            bids=dice.lognormal(0, 0.5, ADS),
            windows_h=dice.choice([DAY_H, 7 * DAY_H, 28 * DAY_H], ADS),
            products=products,
            shops=shops,
        )


class Clicks(NamedTuple):
    """Clicks until now. after_h: when each was followed by an order; inf: never in its window."""

    ads: Counts
    at_h: Doubles
    foretold: Doubles
    used: Doubles
    after_h: Doubles

    def those(self, which: Flags) -> "Clicks":
        """Return some of them."""
        return Clicks(*[column[which] for column in self])  # type: ignore[arg-type]

    def and_then(self, others: "Clicks") -> "Clicks":
        """Return them with others behind."""
        both = zip(self, others, strict=True)
        return Clicks(*[np.concatenate(pair) for pair in both])


def delay(dice: np.random.Generator, count: int) -> Doubles:
    """Draw when orders come: half within the hour, the others over weeks. Not what is usual."""
    soon = dice.exponential(0.5, count)
    late = dice.exponential(120, count)
    return np.where(dice.random(count) < 0.5, soon, late)


def learnt(of: Clicks, truth: Truth, now_h: float) -> tuple[Delays, Yields]:
    """Learn from what is known at an hour: clicks by day, orders that came by now."""
    first = max(int((now_h - LONGEST_H) // DAY_H), 0)
    of = of.those(of.at_h >= first * DAY_H)
    days = (of.at_h // DAY_H).astype(int)
    own = np.unique(truth.windows_h)
    day_of = np.repeat(np.arange(first, int(now_h // DAY_H) + 1), len(own))
    windows_h = np.tile(own, len(day_of) // len(own))
    spans = np.minimum(now_h - day_of * DAY_H, DAY_H)[:, None]
    ages_h = (now_h - day_of * DAY_H)[:, None] - spans * ((np.arange(AGES) + 0.5) / AGES)
    lot = (days - first) * len(own) + np.searchsorted(own, truth.windows_h[of.ads])
    came = of.at_h + of.after_h <= now_h
    clicks = np.bincount(lot, minlength=len(day_of)).astype(float)
    stretch = np.searchsorted(ENDS_H, of.after_h[came], side="right")
    orders = np.bincount(stretch, minlength=len(ENDS_H))[: len(ENDS_H)].astype(float)
    found = delays.learnt(orders, clicks, ages_h, windows_h)
    seen, whole = found.seen(ages_h, windows_h), found.by(windows_h)

    def summed(each: Doubles | Flags) -> Doubles:
        return np.asarray(np.bincount(of.ads, each.astype(np.float64), ADS), np.float64)

    late = days > now_h // DAY_H - yields.RIGHTED_DAYS
    counts = Lots(
        clicks=summed(seen[lot]),
        orders=summed(came),
        sales_minor=9_000.0 * summed(came),
        prices_minor=np.full(ADS, 10_000.0),
        foretold=summed(late * of.foretold * (seen / whole)[lot]),
        came=summed(late & came),
        whole=found.by(truth.windows_h),
        products=truth.products,
        shops=truth.shops,
    )
    return found, yields.of(counts)


def lived(dice: np.random.Generator, *, every_h: float = 12.0) -> Iterator[tuple[Clicks, Yields]]:
    """Live through the days: of the ads that are offered, the one that is worth most is clicked."""
    truth = Truth.drawn(dice)
    none = np.zeros(0)
    of = Clicks(np.zeros(0, np.int64), none, none, none, none)
    for turn in range(int(DAYS * DAY_H / every_h)):
        now_h = turn * every_h
        _, told = learnt(of, truth, now_h)
        count = int(CLICKS_A_DAY * every_h / DAY_H)
        offered = dice.integers(0, ADS, (count, OFFERED))
        best = np.argmax((truth.bids * told.orders)[offered], axis=1)
        ads = offered[np.arange(count), best]
        after_h = np.where(dice.random(count) < truth.rates[ads], delay(dice, count), np.inf)
        after_h[after_h > truth.windows_h[ads]] = np.inf
        at_h = now_h + np.sort(dice.random(count)) * every_h
        new = Clicks(ads, at_h, told.raw[ads], told.orders[ads], after_h)
        of = of.and_then(new)
        yield of, told


@pytest.fixture(scope="module")
def life() -> Clicks:
    """Return all clicks of ten weeks."""
    *_, (of, _) = lived(np.random.default_rng(7))
    return of


@pytest.mark.parametrize("first, last", [(0, DAYS), (14, 42), (42, DAYS)])
def test_as_many_orders_come_as_were_foretold(life: Clicks, first: int, last: int) -> None:
    then = (life.at_h >= first * DAY_H) & (life.at_h < last * DAY_H)

    foretold, came = life.used[then].sum(), np.isfinite(life.after_h[then]).sum()

    assert came > 5_000
    assert 0.97 <= foretold / came <= 1.03


def test_how_long_things_take_is_learnt_though_the_latest_clicks_are_young(life: Clicks) -> None:
    """Most clicks are of the last days: what came late of them is not there yet."""
    truth = Truth.drawn(np.random.default_rng(7))
    young = life.at_h >= (DAYS - 10) * DAY_H
    of = life.those(young | (np.arange(len(young)) % 20 == 0))

    found, _ = learnt(of, truth, DAYS * DAY_H)

    often = delay(np.random.default_rng(1), 200_000)
    true = (often[:, None] <= np.array(ENDS_H)).mean(axis=0)
    true /= true[-1]
    assert np.abs(found.by(np.array(ENDS_H)) - true).max() < 0.05


def test_before_anything_was_bought_it_is_what_is_usual() -> None:
    nothing = delays.learnt(np.zeros(len(ENDS_H)), np.zeros(0), np.zeros((0, 1)), np.zeros(0))
    none = np.zeros(1)

    told = yields.of(
        Lots(
            none,
            none,
            none,
            np.array([2_500.0]),
            none,
            none,
            np.ones(1),
            *[np.zeros(1, np.int64)] * 2,
        )
    )

    assert nothing.by(np.array([0.0, LONGEST_H])).tolist() == [0.0, pytest.approx(1.0)]
    assert told.orders.tolist() == [0.02]
    assert told.sales_minor.tolist() == [0.02 * 2_500]


def test_an_ad_that_nobody_met_is_as_good_as_its_product_and_that_as_its_shop() -> None:
    """Two were followed often, and one of them was bought after; the others were never met."""
    clicks = np.array([2_000.0, 0.0, 2_000.0, 0.0, 0.0])
    orders = np.array([200.0, 0.0, 20.0, 0.0, 0.0])

    told = yields.of(
        Lots(
            clicks=clicks,
            orders=orders,
            sales_minor=orders * 3_000,
            prices_minor=np.full(5, 1_000.0),
            foretold=orders,
            came=orders,
            whole=np.ones(5),
            products=np.array([0, 0, 1, 2, 3]),
            shops=np.array([0, 0, 0, 0, 1]),
        )
    )

    good, alike, bad, of_shop, other = told.orders.tolist()
    assert good > 0.09 < alike
    assert bad < 0.02
    assert bad < of_shop < alike
    assert other == pytest.approx(of_shop, rel=0.1)
    assert told.sales_minor[0] / good == pytest.approx(3_000, rel=0.02)


def test_what_nothing_is_alike_to_counts_once() -> None:
    """An ad alone is not held to sell nothing for eighty clicks that nobody bought after."""
    one, none = np.ones(1), np.zeros(1, np.int64)

    told = yields.of(Lots(80 * one, 0 * one, 0 * one, 100 * one, 0 * one, 0 * one, one, none, none))

    assert told.orders[0] == pytest.approx(3 / 230)
