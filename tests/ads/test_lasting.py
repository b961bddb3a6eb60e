"""Money lasts: over a made-up day of the product's own auctions, and by arithmetic."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from tests import make
from tests.ads.days import Day, Wish
from tests.nightly import IS_NIGHT
from vitrine.ads import entering, lasting
from vitrine.ads.lasting import HOUR, Hours, Purse, Spender

SEVERAL_ADS, TWO_ADS, THIRD, TWENTIETH, CAPPED, BIG, SMALL, ALONE = range(1, 9)
BOTH, ONE = 91, 92
"""Accounts: of two campaigns, and of one."""
EVENLY = (0.0, 0.25) if IS_NIGHT else (0.01, 0.2)
"""What is spent in a tenth of a day's pages, as a part of all of it: a tenth is meant."""
OF_FEW = 0.0, 0.3
"""The same of a campaign for one of twenty viewers, that is seen eight times in each tenth."""
MIDNIGHT = make.NOON + 12 * HOUR


@pytest.fixture(scope="module", params=range(1, 11 if IS_NIGHT else 2))
def day(request: pytest.FixtureRequest) -> Day:
    """A day on which eight campaigns leave their bids to us, against each other and rivals."""
    found = Day(
        {
            SEVERAL_ADS: Wish(1_200_000, (0.6, 0.4, 0.3, 0.3, 0.2)),
            TWO_ADS: Wish(1_200_000, (0.5, 0.4)),
            THIRD: Wish(900_000, share=0.3),
            TWENTIETH: Wish(300_000, share=0.05),
            CAPPED: Wish(1_800_000, cap=1),
            BIG: Wish(6_000_000, account=BOTH),
            SMALL: Wish(3_000_000, account=BOTH, share=0.3),
            ALONE: Wish(6_000_000, account=ONE),
        },
        {BOTH: 1_500_000, ONE: 1_200_000},
    )
    found.pass_by(seed=request.param)
    return found


@pytest.mark.parametrize("key", [SEVERAL_ADS, TWO_ADS, THIRD, TWENTIETH, CAPPED])
def test_a_budget_lasts_the_day_and_is_spent(day: Day, key: int) -> None:
    one = day.wishes[key]
    least, most = OF_FEW if key == TWENTIETH else EVENLY

    assert 0.95 <= one.spent_micros.sum() / one.micros <= 1
    assert least <= one.tenths.min()
    assert one.tenths.max() <= most


@pytest.mark.parametrize("account", [BOTH, ONE])
def test_what_an_account_may_spend_lasts_the_day(day: Day, account: int) -> None:
    theirs = [one.spent_micros for one in day.wishes.values() if one.account == account]
    spent = np.sum(theirs, axis=0)

    assert 0.95 <= spent.sum() / day.limits[account] <= 1
    assert EVENLY[0] <= spent.min() / spent.sum()
    assert spent.max() / spent.sum() <= EVENLY[1]
    assert min(one.sum() for one in theirs) > 0.2 * spent.sum()


def hours(each: Sequence[float] = (60.0,) * 24) -> Hours:
    return Hours(make.NOON, each)


@pytest.mark.parametrize("minutes, until", [(0, 720), (1, 60), (59, 60), (61, 135)])
def test_parts_of_hours_count_as_parts(minutes: int, until: int) -> None:
    at, until_at = (make.NOON + timedelta(minutes=n) for n in (minutes, until))

    assert hours().between(at, until_at) == pytest.approx(until - minutes)


def test_hours_are_those_of_the_day_before_again_and_again() -> None:
    one = hours([100.0, 300.0, *[200.0] * 22])
    half_past = make.NOON + HOUR / 2

    assert one.a_day == 4_800
    assert one.between(half_past, half_past + HOUR) == 200
    assert one.between(half_past, half_past + 49 * HOUR) == 2 * 4_800 + 200
    assert one.between(half_past - HOUR, half_past) == 150


def test_a_quiet_hour_of_yesterday_is_no_reason_to_spend_everything_on_its_first_pages() -> None:
    one = hours([0.0, *[240.0] * 23])

    quiet = one.between(make.NOON, make.NOON + HOUR)

    assert quiet == lasting.LEAST_PART * one.a_day / 24
    assert one.between(make.NOON, make.NOON) == 1


def spender(micros: float, *, account: int = 1, spends: float | None = None) -> Spender:
    return Spender(account, [Purse(micros, MIDNIGHT)], hours(), spends)


def test_a_campaign_spends_by_what_ends_first() -> None:
    one = Spender(1, [Purse(7_200.0, MIDNIGHT), Purse(14_400.0, MIDNIGHT + 24 * HOUR)], hours())

    rates = lasting.rates({1: one, 2: spender(-5.0)}, {}, at=make.NOON)

    assert rates == pytest.approx({1: 14_400 / (36 * 60), 2: 0})


def test_an_account_that_has_enough_changes_nothing_and_one_that_has_less_is_shared() -> None:
    """Each hour has sixty auctions, and twelve are to come."""
    both = {1: spender(7_200.0), 2: spender(3_600.0), 3: spender(7_200.0, account=2)}

    def rates(left: float, **by_hand: float) -> list[float]:
        others = {
            n: spender(10.0**9, spends=spends) for n, spends in enumerate(by_hand.values(), 4)
        }
        accounts = {1: Purse(left, MIDNIGHT)}
        found = lasting.rates(both | others, accounts, at=make.NOON)
        assert found.keys() == both.keys()
        return list(found.values())

    assert rates(10_800.0) == pytest.approx([10, 5, 10])
    assert rates(5_400.0) == pytest.approx([5, 2.5, 10])
    assert rates(0.0) == rates(-1.0) == pytest.approx([0, 0, 10])
    # What bids by hand spends 1 on each auction; or so much that half of all is left to the others.
    assert rates(5_400.0, by_hand=1.0) == pytest.approx([5 * 13 / 15, 2.5 * 13 / 15, 10])
    assert rates(5_400.0, by_hand=100.0) == pytest.approx([2.5, 1.25, 10])


def test_it_is_learnt_which_part_of_auctions_a_campaign_may_enter() -> None:
    entering.forget()
    one, other = entering.slots([901, 902])
    assert [entering.part(key) for key in (901, 902, 903)] == [1, 1, 1]

    for n in range(200):
        entering.note(np.array([one, one] if n % 4 == 0 else [other, other]))
    (late,) = entering.slots([903])

    assert entering.part(901) == 51 / 201
    assert entering.part(902) == 151 / 201
    assert entering.part(903) == 1  # of what came before it nothing is known
    for _ in range(entering.LOOKS_BACK):
        entering.note(np.array([one, late]))
    # Half of what was is forgotten as soon as it is more than what is looked back at.
    assert entering.part(901) == pytest.approx((50 + 20_000) / 20_200, abs=1e-3)
    assert entering.part(902) == pytest.approx(150 / 20_200, abs=1e-3)
    for _ in range(entering.LOOKS_BACK):
        entering.note(np.array([other]))
    assert entering.part(901) == pytest.approx(10_000 / 30_000, abs=0.01)
    entering.forget()
    assert entering.part(901) == 1
