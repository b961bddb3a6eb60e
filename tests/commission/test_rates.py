"""Which rate holds when: a rise at once, a cut after 30 days, whatever was said in between."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.make import NOON
from vitrine.commission import rates
from vitrine.commission.rates import PROTECTED, Rate, course

MINUTE = timedelta(minutes=1)


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


def said(*facts: tuple[float, int]) -> list[Rate]:
    return [Rate(bp, day(number)) for number, bp in facts]


@pytest.mark.parametrize(
    "facts, taken, expected",
    [
        ([(0, 1000)], 0, [(0, 1000)]),
        ([(0, 1000)], 9, [(9, 1000)]),
        ([(0, 1000), (10, 1500)], 5, [(5, 1000), (10, 1500)]),
        ([(0, 1000), (10, 500)], 5, [(5, 1000), (40, 500)]),
        ([(0, 1000), (10, 500)], 10, [(10, 500)]),  # taken after the cut: never had more
        ([(0, 1000), (10, 500), (12, 800)], 0, [(0, 1000), (40, 800)]),
        ([(0, 1000), (10, 500), (12, 1200)], 0, [(0, 1000), (12, 1200)]),
        ([(0, 1000), (10, 2000), (11, 1000)], 0, [(0, 1000), (10, 2000), (41, 1000)]),
        ([(0, 1000), (10, 800), (20, 500)], 0, [(0, 1000), (40, 800), (50, 500)]),
        ([(0, 1000), (10, 0)], 0, [(0, 1000), (40, 0)]),  # withdrawn
    ],
)
def test_what_holds_for_who_took_an_offer(
    facts: list[tuple[float, int]], taken: float, expected: list[tuple[float, int]]
) -> None:
    assert course(said(*facts), taken_at=day(taken)) == said(*expected)


def test_a_cut_is_announced_until_it_holds() -> None:
    steps = course(said((0, 1000), (10, 500)), taken_at=day(0))

    assert rates.announced(steps, day(10)) == Rate(500, day(40))
    assert rates.at_moment(steps, day(40) - MINUTE) == Rate(1000, day(0))
    assert rates.at_moment(steps, day(40)) == Rate(500, day(40))
    assert rates.announced(steps, day(40)) is None
    assert rates.at_moment(steps, day(0) - MINUTE) is None


FACTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8000)), min_size=1, max_size=8).map(
    lambda found: said(*sorted(dict(found).items()))
)


@settings(max_examples=30)
@given(facts=FACTS, later=st.integers(0, 40))
def test_nobody_has_less_than_they_were_promised(facts: list[Rate], later: int) -> None:
    """Ask each day again, the slow way: the most that was offered in the 30 days before it."""
    taken_at = facts[0].from_at + timedelta(days=later)
    steps = course(facts, taken_at=taken_at)
    days = [taken_at + timedelta(days=each) for each in range(100)]
    offered = [[one.bp for one in facts if one.from_at <= each][-1] for each in days]
    for number, at in enumerate(days):
        held = rates.at_moment(steps, at)
        assert held is not None
        assert held.bp == max(offered[max(0, number - PROTECTED.days) : number + 1])
        assert held.from_at <= at
