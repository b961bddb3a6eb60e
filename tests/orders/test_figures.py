"""What each shop sold, by day: summed anew from its rows, whatever happened since."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests import make
from vitrine.orders import figures, handing_over, moving, returning
from vitrine.orders.models import Bagging, Order, OrderLine, ShopDay
from vitrine.orders.returning import Wish
from vitrine.sovereignty.cell import local_day

pytestmark = pytest.mark.django_db
NAMES = ("bagged", "orders", "units", "paid_minor")


def _by_hand() -> dict[tuple[Any, ...], list[int]]:
    """Sum the rows in Python: merchant, day, clip, product -> bagged, orders, units, paid."""
    sums: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, set(), 0, 0])

    def keys(merchant: int, at: datetime, clip: int | None, product: int) -> list[tuple[Any, ...]]:
        day = local_day(at)
        of_clip = [(merchant, day, clip, None)] if clip else []
        return [(merchant, day, None, None), (merchant, day, None, product), *of_clip]

    for fact in Bagging.objects.select_related("product"):
        for key in keys(fact.product.merchant_id, fact.at, fact.clip_id, fact.product_id):
            sums[key][0] += 1
    for line in OrderLine.objects.select_related("order", "variant"):
        order = line.order
        if order.placed_at is None or order.state in ("cancelled", "refunded"):
            continue
        for key in keys(order.merchant_id, order.placed_at, line.clip_id, line.variant.product_id):
            sums[key][1].add(order.pk)
            sums[key][2] += line.quantity
            sums[key][3] += line.goods_minor - line.discount_minor - line.discount_platform_minor
    return {key: [bags, len(orders), *rest] for key, (bags, orders, *rest) in sums.items()}


def _stored() -> dict[tuple[Any, ...], list[int]]:
    return {
        (row.merchant_id, row.day, row.clip_id, row.product_id): [
            getattr(row, name) for name in NAMES
        ]
        for row in ShopDay.objects.all()
    }


def test_days_are_what_their_rows_come_to_even_once_some_are_undone() -> None:
    shop, clip = make.merchant(), make.clip()
    lamp, mug = (make.variant(make.product(shop), stock=50, price_minor=n) for n in (2_000, 900))
    other = make.variant(stock=9)
    undone, refunded, *_ = (
        make.purchase(*variants, clip=met, quantity=quantity).group.orders.get()
        for variants, met, quantity in (
            ((lamp, mug), clip, 2),
            ((lamp,), None, 1),
            ((lamp,), clip, 3),
            ((other,), clip, 1),
        )
    )
    late = make.purchase(mug).group.orders.get()
    # Half an hour before midnight in New York: the day of the cell counts, not that of UTC.
    midnight = datetime.fromisoformat("2026-11-19T23:30:00-05:00")
    Order.objects.filter(pk=late.pk).update(placed_at=midnight)
    for variant, met in ((lamp, clip), (lamp, None), (mug, clip)):
        figures.note_bagging(variant, clip_id=met.pk if met else None, at=make.NOON)

    figures.sum_days(at=make.NOON)
    before = _stored()
    assert before == _by_hand()
    assert before[shop.pk, local_day(make.NOON), None, None] == [3, 3, 8, 2 * 2_900 + 4 * 2_000]
    assert before[shop.pk, local_day(midnight), None, None] == [0, 1, 1, 900]

    handing_over.cancel(undone, by=None, at=make.NOON, reason="No")
    by = make.person()
    moving.make(
        handing_over.ship(refunded, handing_over.Parcel(), by=by, at=make.NOON), at=make.NOON
    )
    refunded.refresh_from_db()
    key = handing_over.refund(refunded, by=by, at=make.NOON, reason="Broken")
    moving.make(key, at=make.NOON)
    for _ in range(2):
        figures.sum_days(at=make.NOON + timedelta(days=1))
        assert _stored() == _by_hand() != before


def test_what_is_sent_in_exchange_is_no_sale() -> None:
    product = make.product()
    order = make.handed_over(make.variant(product, stock=1))
    other = make.variant(product, stock=1)
    wish = Wish({order.lines.get().pk: 1}, instead={order.lines.get().pk: other})
    swap = returning.ask(order, wish, key="swap", at=make.NOON)
    returning.approve(swap, "", by=make.person(), at=make.NOON)
    assert Order.objects.filter(placed_at__isnull=False).count() == 2

    figures.sum_days(at=make.NOON)

    assert _stored()[order.merchant_id, local_day(make.NOON), None, None] == [0, 1, 1, 2_000]


def test_days_that_are_long_over_stand_and_their_facts_go() -> None:
    lamp = make.variant(stock=9)
    make.purchase(lamp)
    figures.note_bagging(lamp, clip_id=None, at=make.NOON)
    figures.sum_days(at=make.NOON)
    stored = _stored()
    Order.objects.all().update(state="cancelled")

    figures.sum_days(at=make.NOON + timedelta(days=64))
    figures.forget(at=make.NOON + timedelta(days=64))
    assert Bagging.objects.exists()
    figures.forget(at=make.NOON + timedelta(days=66))

    assert _stored() == stored
    assert not Bagging.objects.exists()


def test_who_put_a_thing_into_a_bag_is_kept_nowhere() -> None:
    columns = {
        column.name
        for column in connection.introspection.get_table_description(
            connection.cursor(), Bagging._meta.db_table
        )
    }

    assert columns == {"id", "home_cell", "product_id", "clip_id", "at"}
