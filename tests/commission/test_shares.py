"""What a commission comes to: on what was paid, rounded once, and none left of a full refund."""

from decimal import ROUND_HALF_EVEN, Decimal
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.commission.shares import Back, commission_on, half_even, kept, paid

MONEY = st.integers(0, 10**12)


@pytest.mark.parametrize(
    "goods, off, tax_inside, bp, expected",
    [
        (10_000, 0, 0, 1_000, 1_000),
        (10_000, 2_500, 0, 1_000, 750),  # on what was paid
        (11_500, 0, 1_500, 1_000, 1_000),  # tax is nobody's commission
        (1_250, 0, 0, 1_000, 125),
        (1_005, 0, 0, 1_000, 100),  # 100.5 goes to the even cent
        (1_015, 0, 0, 1_000, 102),
        (3, 0, 0, 100, 0),
        (500, 500, 0, 8_000, 0),
    ],
)
def test_a_commission_is_on_what_was_paid(
    goods: int, off: int, tax_inside: int, bp: int, expected: int
) -> None:
    on = paid(goods_minor=goods, off_minor=off, tax_inside_minor=tax_inside)

    assert commission_on(on, bp) == expected


@given(on=MONEY, total=st.integers(1, 10**12), bp=st.integers(0, 8_000), data=st.data())
def test_it_never_grows_as_money_goes_back_and_ends_at_nothing(
    on: int, total: int, bp: int, data: st.DataObject
) -> None:
    back = sorted(data.draw(st.lists(st.integers(0, total), max_size=4)))
    units = sorted(data.draw(st.lists(st.integers(0, total), max_size=4)))
    course = [
        commission_on(kept(on, line=Back(line, total), rest=Back(rest, total)), bp)
        for line, rest in zip_longest([0, *units], [0, *back, total], fillvalue=total)
    ]

    assert course == sorted(course, reverse=True)
    assert course[0] == commission_on(on, bp)
    assert course[-1] == 0
    assert 0 <= course[0] <= on


@given(numerator=MONEY, denominator=st.integers(1, 10**6))
def test_a_half_addressee_the_even_one(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)

    assert half_even(numerator, denominator) == int(exact.to_integral_value(ROUND_HALF_EVEN))


def test_more_than_the_total_cannot_go_back() -> None:
    with pytest.raises(ValueError, match="between nothing"):
        Back(101, 100)
