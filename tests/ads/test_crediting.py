"""Whose sale a line is, by rule: against everything that a touch could lose to."""

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests import make
from tests.ads.by_force import winner
from tests.nightly import IS_NIGHT
from vitrine.ads import crediting
from vitrine.ads.crediting import Bought, Touch, credited

CASES = 100_000 if IS_NIGHT else 3_000
HOUR = timedelta(hours=1)
BOUGHT = Bought(merchant=1, product=1, at=make.NOON)


def touch(hours_before: float = 1, *, is_click: bool = True, **fields: object) -> Touch:
    usual = {"showing": 1, "ad": 1, "campaign": 1, "click_days": 7, "view_days": 1, "merchant": 1}
    at = make.NOON - hours_before * HOUR
    return Touch(is_click=is_click, at=at, **(usual | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "one, counts",
    [
        (touch(0), True),
        (touch(-0.01), False),  # bought first, met the ad afterwards
        (touch(7 * 24), True),
        (touch(7 * 24 + 0.01), False),
        (touch(24, is_click=False), True),
        (touch(24.01, is_click=False), False),
        (touch(0, is_click=False, view_days=0), False),
        (touch(27 * 24, click_days=28), True),
        (touch(merchant=2), False),
        (touch(merchant=None, products=frozenset({1, 5})), True),
        (touch(merchant=None, products=frozenset({5})), False),
        (touch(merchant=2, products=frozenset({1})), False),  # a shop's account sells its own alone
    ],
)
def test_a_touch_counts_in_its_window_for_what_its_advertiser_sells(
    one: Touch, counts: bool
) -> None:
    assert credited([one], BOUGHT) == (one if counts else None)


def test_a_click_beats_a_later_view_and_of_the_same_kind_the_last_wins() -> None:
    view, click, earlier = touch(1, is_click=False), touch(50), touch(60)

    assert credited([view, earlier, click], BOUGHT) == click
    assert credited([view, touch(2, is_click=False)], BOUGHT) == view


def test_at_the_same_moment_whoever_was_shown_first_wins_and_then_the_older_ad() -> None:
    first, second = touch(showing=3, ad=9), touch(showing=4, ad=2)

    assert credited([second, first], BOUGHT) == first
    assert credited([touch(showing=3, ad=8), first], BOUGHT) == touch(showing=3, ad=8)


def _journey(dice: random.Random) -> tuple[list[Touch], Bought]:
    """Return what one buyer met and then bought; moments are coarse, so that many are equal."""
    bought = Bought(dice.randint(1, 3), dice.randint(1, 4), make.NOON)
    touches = [
        Touch(
            showing=dice.randint(1, 20),
            ad=ad,
            campaign=ad // 2,
            is_click=dice.random() < 0.4,
            at=make.NOON - dice.randint(-3, 30) * 12 * HOUR,
            click_days=dice.choice(crediting.CLICK_DAYS),
            view_days=dice.choice(crediting.VIEW_DAYS),
            merchant=dice.choice([None, 1, 2, 3]),
            products=frozenset(dice.sample(range(1, 5), dice.randint(0, 2))),
        )
        for ad in (dice.randint(1, 6) for _ in range(dice.randint(0, 8)))
    ]
    return touches, bought


def test_it_is_whom_comparing_each_with_each_finds_whatever_comes_late_or_twice() -> None:
    dice, sold = random.Random(116), 0

    for _ in range(CASES):
        touches, bought = _journey(dice)
        found, by_force = credited(touches, bought), winner(touches, bought)
        assert _key(found) == _key(by_force)
        assert _key(credited(_disturbed(touches, bought, dice), bought)) == _key(by_force)
        sold += found is not None

    assert CASES * 0.25 < sold < CASES * 0.8  # neither rule is let off


def _key(one: Touch | None) -> tuple[object, ...] | None:
    return None if one is None else (one.showing, one.ad, one.is_click, one.at)


def _disturbed(touches: Sequence[Touch], bought: Bought, dice: random.Random) -> list[Touch]:
    """Return them in another order, some of them twice, and some that came after the order."""
    again = [one for one in touches if dice.random() < 0.5]
    late = [one._replace(at=bought.at + HOUR) for one in again]
    mixed = [*touches, *again, *late]
    dice.shuffle(mixed)
    return mixed
