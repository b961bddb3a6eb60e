"""Totals: every figure is the sum of its parts, for any basket in any place."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nightly import IS_NIGHT
from vitrine.catalog.tax_codes import TaxCode
from vitrine.orders import tax, tax_tables, totals
from vitrine.orders.promoting import Off
from vitrine.orders.tax import Place
from vitrine.orders.tax_rate import Rate
from vitrine.orders.totals import Item

ON = date(2026, 11, 1)
FEE = Decimal("0.05")

PLACES = [
    *(Place("US", state) for state in (*tax_tables.US, *tax_tables.US_NO_SALES_TAX)),
    *(Place("CA", province) for province in tax_tables.CA),
    Place("AU"),
    Place("NZ"),
]


def rates(country: str, region: str = "") -> Sequence[Rate]:
    return tax.rates_at(Place(country, region), on=ON)


def test_a_basket_of_two_merchants_in_california() -> None:
    items = [Item(1, 7, 2400, 2), Item(2, 7, 999, 1), Item(3, 9, 15_000, 1)]
    californian = rates("US", "CA")

    found = totals.compute(
        items, delivery_minor={7: 599}, rates={7: californian, 9: californian}, fee_rate=FEE
    )

    first, second = found.parts
    assert (first.goods_minor, first.delivery_minor) == (5799, 599)
    assert first.tax_by_authority == {"US-CA": 348 + 72}
    assert first.total_minor == 5799 + 599 + 420
    assert first.fee_minor == 290
    assert first.merchant_minor == 5799 + 599 - 290
    assert (second.goods_minor, second.delivery_minor, second.tax_minor) == (15_000, 0, 1088)
    assert found.total_minor == 6818 + 16_088
    assert (found.goods_minor, found.delivery_minor, found.tax_minor) == (20_799, 599, 1508)


def test_tax_inside_the_price_adds_nothing_to_the_total_and_bears_no_fee() -> None:
    found = totals.compute(
        [Item(1, 7, 11_500, 1)], delivery_minor={7: 1150}, rates={7: rates("NZ")}, fee_rate=FEE
    )

    (only,) = found.parts
    assert only.total_minor == 12_650
    assert (only.tax_minor, only.tax_on_top_minor) == (1650, 0)
    assert only.fee_minor == 500
    assert (only.platform_tax_minor, only.merchant_minor) == (0, 12_650 - 500)


def test_a_pick_up_is_taxed_where_the_store_is() -> None:
    found = totals.compute(
        [Item(1, 7, 10_000, 1), Item(2, 9, 10_000, 1)],
        delivery_minor={},
        rates={7: rates("US", "NY"), 9: rates("US", "OR")},
        fee_rate=FEE,
    )

    assert [one.tax_minor for one in found.parts] == [400, 0]


def _item(taken: int, **fields: Any) -> Item:
    item = Item(**fields)
    off_minor = item.goods_minor * taken // 100
    return replace(item, off=Off(off_minor // 3, off_minor - off_minor // 3))


CASES = 1_000_000 if IS_NIGHT else 100
ITEMS = st.lists(
    st.builds(
        _item,
        taken=st.integers(0, 100),
        key=st.integers(1, 50),
        part=st.integers(1, 4),
        unit_price_minor=st.integers(0, 5_000_000),
        quantity=st.integers(1, 20),
        tax_code=st.sampled_from(TaxCode),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=CASES, deadline=None)
@given(
    items=ITEMS,
    place=st.sampled_from(PLACES),
    delivery=st.lists(st.integers(0, 20_000), min_size=4, max_size=4),
    fee_basis_points=st.integers(0, 2000),
    registered=st.booleans(),
)
def test_the_parts_sum_exactly_to_the_charge(
    items: list[Item], place: Place, delivery: list[int], fee_basis_points: int, registered: bool
) -> None:
    here = tax.rates_at(place, on=ON, registered=registered)

    found = totals.compute(
        items,
        delivery_minor=dict(enumerate(delivery, start=1)),
        delivery_off={1: Off(delivery[0] // 2, delivery[0] // 3)},
        rates=dict.fromkeys(range(1, 5), here),
        fee_rate=Decimal(fee_basis_points) / 10_000,
    )

    for one in found.parts:
        parts = one.merchant_minor + one.fee_minor + one.platform_tax_minor
        assert parts == one.total_minor + one.off.platform_minor
        assert 0 <= one.platform_tax_minor <= one.tax_minor
        assert sum(one.tax_by_authority.values()) == one.tax_minor
        assert 0 <= one.fee_minor <= one.goods_minor
    assert found.total_minor == sum(one.total_minor for one in found.parts)
    assert found.goods_minor == sum(item.goods_minor for item in items)


@given(
    parts=st.lists(st.integers(0, 10**9), min_size=1, max_size=30),
    fraction=st.fractions(0, 1),
)
def test_a_refund_spreads_exactly_and_never_over_a_part(parts: list[int], fraction: float) -> None:
    amount_minor = int(sum(parts) * fraction)

    found = totals.spread(amount_minor, parts)

    assert sum(found) == amount_minor
    assert all(0 <= part <= charged for part, charged in zip(found, parts, strict=True))


def test_impossible_arguments_are_bugs() -> None:
    with pytest.raises(ValueError, match="quantity"):
        Item(1, 1, 100, 0)
    with pytest.raises(ValueError, match="price"):
        Item(1, 1, -1, 1)
    with pytest.raises(ValueError, match="refund"):
        totals.spread(11, [5, 5])
    with pytest.raises(ValueError, match="largest"):
        totals.compute(
            [Item(1, 1, 10**9, 1001)], delivery_minor={}, rates={1: ()}, fee_rate=Decimal(0)
        )
