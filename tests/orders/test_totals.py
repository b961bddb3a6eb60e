"""Totals: every figure is the sum of its parts, for any basket in any place."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.orders.draws import Draw, for_any_case
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
TAX_CODES = list(TaxCode)


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


def some_items(draw: Draw) -> list[Item]:
    """Return what is in a basket, some of it reduced by the merchant and by the platform."""
    return draw.many(1, 12, lambda: _item(draw))


def _item(draw: Draw) -> Item:
    item = Item(
        key=draw.whole(1, 50),
        part=draw.whole(1, 4),
        unit_price_minor=draw.whole(0, 5_000_000),
        quantity=draw.whole(1, 20),
        tax_code=draw.one_of(TAX_CODES),
    )
    off_minor = item.goods_minor * draw.whole(0, 100) // 100
    return replace(item, off=Off(off_minor // 3, off_minor - off_minor // 3))


@for_any_case(by_day=100)
def test_the_parts_sum_exactly_to_the_charge(draw: Draw) -> None:
    items = some_items(draw)
    here = tax.rates_at(draw.one_of(PLACES), on=ON, registered=draw.one_of([False, True]))
    delivery = [draw.whole(0, 20_000) for _ in range(4)]

    found = totals.compute(
        items,
        delivery_minor=dict(enumerate(delivery, start=1)),
        delivery_off={1: Off(delivery[0] // 2, delivery[0] // 3)},
        rates=dict.fromkeys(range(1, 5), here),
        fee_rate=Decimal(draw.whole(0, 2000)) / 10_000,
    )

    for one in found.parts:
        parts = one.merchant_minor + one.fee_minor + one.platform_tax_minor
        assert parts == one.total_minor + one.off.platform_minor
        assert 0 <= one.platform_tax_minor <= one.tax_minor
        assert sum(one.tax_by_authority.values()) == one.tax_minor
        assert 0 <= one.fee_minor <= one.goods_minor
    assert found.total_minor == sum(one.total_minor for one in found.parts)
    assert found.goods_minor == sum(item.goods_minor for item in items)


@for_any_case(by_day=100)
def test_a_refund_spreads_exactly_and_never_over_a_part(draw: Draw) -> None:
    parts = draw.many(1, 30, lambda: draw.whole(0, 10**9))
    amount_minor = draw.whole(0, sum(parts))

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
