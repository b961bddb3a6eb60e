"""Pacing: budgets last, buy what is cheapest, and bring back what they must."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.ads.pacing import Pacer

Auction = tuple[float, float]


def auctions(count: int, *, seed: int = 1, dear: float = 1.0) -> list[Auction]:
    """Draw values and prices that have nothing to do with each other."""
    dice = random.Random(seed)
    return [(dice.betavariate(1, 50), dear * dice.expovariate(1 / 60)) for _ in range(count)]


def spent(pacer: Pacer, log: list[Auction], budget: float) -> tuple[list[float], float]:
    """Bid in all auctions; return what each cost (0: lost), and the value of what was won."""
    costs: list[float] = []
    gained = 0.0
    for nth, (value, price) in enumerate(log):
        left = budget - sum(costs)
        to_come = len(log) - nth
        price_of_value = pacer.price_of_value(left / to_come, to_come)
        bid = min(value * price_of_value, left) if value else 0.0
        assert bid <= left
        is_won = bid >= price
        costs.append(price if is_won else 0.0)
        gained += value if is_won else 0.0
        pacer.note(value, price)
        pacer.gained = gained - pacer.target * sum(costs)
    return costs, gained


def best(log: list[Auction], budget: float) -> float:
    """Return the most value that a budget buys, knowing all: the cheapest first."""
    gained = 0.0
    for value, price in sorted(log, key=lambda auction: auction[1] / auction[0]):
        if price > budget:
            return gained + value * budget / price
        budget -= price
        gained += value
    return gained


@pytest.mark.parametrize("part", [32, 8, 2])
def test_a_budget_lasts_and_buys_nearly_what_it_could(part: int) -> None:
    log = auctions(4_000)
    budget = sum(price for _, price in log) / part

    costs, gained = spent(Pacer(usual=3_000), log, budget)

    assert 0.97 * budget <= sum(costs) <= budget
    assert 0.35 <= sum(costs[:2_000]) / budget <= 0.6
    assert gained >= 0.93 * best(log, budget)


def test_a_budget_that_could_buy_all_does() -> None:
    log = auctions(500)
    all_of_it = sum(price for _, price in log)

    pacer = Pacer(usual=3_000)
    for value, price in log:
        pacer.note(value, price)
    costs, _ = spent(pacer, log, 2 * all_of_it)

    assert sum(costs) == pytest.approx(all_of_it)


def test_prices_that_double_do_not_end_a_budget_early() -> None:
    log = auctions(3_000) + auctions(3_000, seed=2, dear=2)
    budget = sum(price for _, price in log) / 8

    costs, _ = spent(Pacer(usual=3_000), log, budget)

    assert sum(costs) >= 0.95 * budget
    assert sum(costs[5_000:]) >= 0.08 * budget


@pytest.mark.parametrize("target", [0.0005, 0.001, 0.002])
def test_what_is_spent_brings_back_its_target(target: float) -> None:
    log = auctions(6_000)
    budget = sum(price for _, price in log)

    costs, gained = spent(Pacer(usual=3_000, target=target), log, budget)

    assert sum(costs) > 0
    assert gained >= 0.97 * target * sum(costs)
    # Nor does it leave out what it may have: the next dearer would bring less than its target.
    assert sum(costs) >= 0.8 * most_for(log, target)


def most_for(log: list[Auction], target: float) -> float:
    """Return the most that can be spent so that all of it together brings back its target."""
    cost = gained = 0.0
    for value, price in sorted(log, key=lambda auction: auction[1] / auction[0]):
        if gained + value < target * (cost + price):
            return cost
        cost += price
        gained += value
    return cost


def test_what_was_not_brought_back_is_caught_up_with() -> None:
    pacer = Pacer(usual=3_000, target=0.001)
    for value, price in auctions(2_000):
        pacer.note(value, price)
    even = pacer.price_of_value(1e9, 1_000)

    pacer.gained = -2.0

    assert 0 < pacer.price_of_value(1e9, 1_000) < even


@settings(max_examples=50, deadline=None)
@given(
    log=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 300)), max_size=300),
    budget=st.floats(0, 5_000),
)
def test_no_budget_is_overspent_whatever_comes(log: list[Auction], budget: float) -> None:
    costs, _ = spent(Pacer(usual=1_000), log, budget)

    assert sum(costs) <= budget * (1 + 1e-9)
