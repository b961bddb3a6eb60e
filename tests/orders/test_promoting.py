"""Promotions: what each gives, which stand together, and that the parts sum exactly."""

from decimal import Decimal
from typing import Any

import pytest

from tests.orders.draws import Draw, for_any_case
from vitrine.kernel.money import share
from vitrine.orders import promoting
from vitrine.orders.promoting import Fare, Gift, Line, Off, Rule

LAMP, MUG, PEN = Line(1, 7, 1000, 3), Line(2, 7, 400, 2), Line(3, 9, 250, 4)
BASKET = [LAMP, MUG, PEN]
POST = [Fare(0, 7, 500), Fare(1, 9, 300)]
GIFTS = list(Gift)


def percent(key: int, of: int, merchant: int | None = 7, **fields: Any) -> Rule:
    return Rule(key, Gift.PERCENT, merchant, percent=Decimal(of) / 100, **fields)


def fixed(key: int, amount_minor: int, merchant: int | None = 7, **fields: Any) -> Rule:
    return Rule(key, Gift.FIXED, merchant, amount_minor=amount_minor, **fields)


def free(key: int, merchant: int | None = 7, **fields: Any) -> Rule:
    return Rule(key, Gift.FREE_DELIVERY, merchant, **fields)


def off(*rules: Rule) -> tuple[list[int], list[int]]:
    """Return what comes off the three lines and the two deliveries."""
    found = promoting.give(BASKET, POST, rules)
    lines = [found.on_line(line.key).total_minor for line in BASKET]
    return lines, [found.on_delivery(fare.part).total_minor for fare in POST]


@pytest.mark.parametrize(
    "rules, lines, deliveries",
    [
        ((), [0, 0, 0], [0, 0]),
        ((percent(1, 10),), [300, 80, 0], [0, 0]),
        ((percent(1, 100),), [3000, 800, 0], [0, 0]),
        ((fixed(1, 100),), [79, 21, 0], [0, 0]),
        ((fixed(1, 99_999),), [3000, 800, 0], [0, 0]),
        ((Rule(1, Gift.BUY_X, 7, buy=2, get=1),), [1000, 0, 0], [0, 0]),
        ((Rule(1, Gift.BUY_X, 7, buy=4, get=1),), [0, 400, 0], [0, 0]),
        ((Rule(1, Gift.BUY_X, 9, buy=1, get=1),), [0, 0, 500], [0, 0]),
        ((free(1),), [0, 0, 0], [500, 0]),
        ((free(1, None),), [0, 0, 0], [500, 300]),
        ((fixed(1, 480, None),), [300, 80, 100], [0, 0]),
    ],
)
def test_each_gift_takes_off_what_it_says(
    rules: tuple[Rule, ...], lines: list[int], deliveries: list[int]
) -> None:
    assert off(*rules) == (lines, deliveries)


def test_of_two_rules_of_one_kind_the_better_counts_and_the_other_says_why() -> None:
    found = promoting.give(BASKET, POST, [percent(1, 5), fixed(2, 900), percent(3, 10)])

    assert (sum(one.total_minor for one in found.lines.values()), found.used) == (900, (2,))
    assert found.why_not(1) == found.why_not(3) == promoting.BETTER
    assert found.why_not(2) == ""


def test_equal_gifts_go_to_the_older_rule() -> None:
    assert promoting.give(BASKET, POST, [fixed(2, 380), percent(1, 10)]).used == (1,)


def test_a_merchants_and_the_platforms_gift_and_free_delivery_stand_together() -> None:
    found = promoting.give(BASKET, POST, [free(4), percent(3, 10, None), percent(1, 50)])

    assert found.on_line(1) == Off(1500, 150)
    assert found.on_line(3) == Off(0, 100)
    assert found.on_delivery(0) == Off(500, 0)
    assert found.used == (1, 3, 4)


def test_the_platform_bears_only_what_the_merchant_does_not() -> None:
    found = promoting.give(BASKET, POST, [free(1, None), free(2)])

    assert (found.on_delivery(0), found.on_delivery(1)) == (Off(500, 0), Off(0, 300))


@pytest.mark.parametrize("order", [1, -1])
def test_of_pieces_that_cost_the_same_the_one_goes_that_is_not_free_already(order: int) -> None:
    lamps = [Line(1, 7, 1000, 1), Line(2, 9, 1000, 1)]
    rules = [percent(1, 100), Rule(2, Gift.BUY_X, None, buy=1, get=1)]

    found = promoting.give(lamps[::order], POST, rules)

    assert (found.on_line(1), found.on_line(2)) == (Off(1000, 0), Off(0, 1000))
    assert found.used == (1, 2)


def test_free_delivery_is_of_every_part_of_its_merchant_and_counts_what_is_in_all_of_them() -> None:
    fares = [Fare(0, 7, 500), Fare(1, 7, 250), Fare(2, 9, 300)]

    found = promoting.give(BASKET, fares, [free(1, least_minor=3800)])

    assert [found.on_delivery(part).total_minor for part in (0, 1, 2)] == [500, 250, 0]


def test_a_sum_that_is_not_reached_is_said() -> None:
    found = promoting.give(BASKET, POST, [percent(1, 10, least_minor=3801), fixed(2, 5, 9)])
    elsewhere = promoting.give([PEN], POST[1:], [percent(1, 10)])

    assert found.why_not(1) == promoting.TOO_LITTLE
    assert found.used == (2,)
    assert elsewhere.why_not(1) == promoting.NOTHING
    assert promoting.give(BASKET, POST, [percent(1, 10, least_minor=3800)]).used == (1,)


def some_rules(draw: Draw) -> list[Rule]:
    """Return rules of any kind, by their keys in any order."""
    found = draw.many(0, 6, lambda: _rule(draw))
    return list({rule.key: rule for rule in found}.values())


def _rule(draw: Draw) -> Rule:
    return Rule(
        key=draw.whole(1, 99),
        gift=draw.one_of(GIFTS),
        merchant=draw.one_of([None, 1, 2, 3]),
        percent=Decimal(draw.whole(1, 100)) / 100,
        amount_minor=draw.whole(1, 10**7),
        buy=draw.whole(1, 5),
        get=draw.whole(1, 3),
        least_minor=draw.whole(0, 10**6),
    )


def some_lines(draw: Draw) -> list[Line]:
    """Return lines of three merchants' goods, by their keys in any order."""
    found = draw.many(1, 8, lambda: _line(draw))
    return list({line.key: line for line in found}.values())


def _line(draw: Draw) -> Line:
    return Line(draw.whole(1, 99), draw.whole(1, 3), draw.whole(0, 10**6), draw.whole(1, 99))


@for_any_case(by_day=150)
def test_nothing_costs_less_than_nothing_and_the_same_comes_off_in_any_order_and_any_parts(
    draw: Draw,
) -> None:
    lines, rules = some_lines(draw), some_rules(draw)
    fares = [Fare(part, draw.whole(1, 3), draw.whole(0, 5000)) for part in range(draw.whole(1, 6))]

    found = promoting.give(lines, fares, rules)

    for line in lines:
        here = found.on_line(line.key)
        assert here.merchant_minor >= 0
        assert here.platform_minor >= 0
        assert here.total_minor <= line.goods_minor
    for fare in fares:
        assert 0 <= found.on_delivery(fare.part).total_minor <= fare.amount_minor
    assert promoting.give(lines[::-1], fares[::-1], rules[::-1]).used == found.used
    goods = [rule for rule in rules if rule.gift is not Gift.FREE_DELIVERY]
    assert promoting.give(lines, [], goods).lines == found.lines
    assert len(found.used) == len(set(found.used))
    assert not set(found.used) & found.unused.keys()


@for_any_case(by_day=150)
def test_a_percentage_is_rounded_once_and_spread_exactly(draw: Draw) -> None:
    lines = some_lines(draw)
    rule = percent(1, draw.whole(1, 100), None)

    found = promoting.give(lines, [], [rule])

    goods_minor = sum(line.goods_minor for line in lines)
    taken = sum(one.platform_minor for one in found.lines.values())
    assert taken == min(share(goods_minor, rule.percent), goods_minor)
