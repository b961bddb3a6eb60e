"""The arithmetic of payouts: nothing is lost, made or paid twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.orders.payouts import netting, turns

CENTS = st.integers(0, 10**10)


@given(sold=CENTS, refunds=st.lists(CENTS, max_size=5), percent=st.integers(0, 100))
def test_a_sale_its_refunds_and_its_release_always_add_up(
    sold: int, refunds: list[int], percent: int
) -> None:
    pending, available = sold, 0
    for wanted in refunds[:3]:
        refund = min(wanted, pending + available)
        from_pending, rest = netting.taken_from(refund, pending)
        pending, available = pending - from_pending, available - rest

    freed = netting.matured(sold, pending)
    kept = netting.held_back(freed, percent)
    pending, available, reserve = pending - freed, available + freed - kept, kept

    given_back = sum(min(each, sold) for each in refunds[:1])
    assert pending == 0
    assert 0 <= kept <= freed <= sold
    assert pending + available + reserve <= sold - min(given_back, sold)


@given(amount=CENTS, pending=st.integers(-(10**6), 10**10))
def test_a_refund_is_taken_whole_and_never_from_pending_that_is_not_there(
    amount: int, pending: int
) -> None:
    from_pending, rest = netting.taken_from(amount, pending)

    assert from_pending + rest == amount
    assert 0 <= from_pending <= max(pending, 0)
    assert rest == 0 or from_pending == max(pending, 0)


@given(debt=st.integers(1, 10**9), held=st.lists(st.integers(1, 10**8), max_size=20))
def test_reserves_make_up_for_a_debt_and_no_more_are_freed_than_it_needs(
    debt: int, held: list[int]
) -> None:
    count = netting.freed_for_debt(-debt, held)

    covered = sum(held[:count]) >= debt
    assert covered or count == len(held)
    assert sum(held[: max(count - 1, 0)]) < debt


@pytest.mark.parametrize(
    "available, minimum, paid",
    [(5_000, 1_000, 5_000), (999, 1_000, 0), (1_000, 1_000, 1_000), (-1, 1, 0), (0, 0, 0)],
)
def test_everything_is_paid_or_nothing(available: int, minimum: int, paid: int) -> None:
    assert netting.payable(available, minimum) == paid


@given(
    day=st.dates(date(2026, 1, 1), date(2040, 1, 1)),
    schedule=st.sampled_from(["daily", "weekly", "monthly"]),
)
def test_every_turn_comes_and_soon_enough(day: date, schedule: str) -> None:
    found = turns.next_turn(day, schedule)

    longest = {"daily": 1, "weekly": 7, "monthly": 31}[schedule]
    assert day < found <= day + timedelta(days=longest)
    assert schedule != "weekly" or found.weekday() == 0
    assert schedule != "monthly" or found.day == 1
