"""The reads of a page of promotions: a merchant's own, or the platform's with what they cost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from vitrine.catalog.models import Merchant
from vitrine.ledger import accounts, balances
from vitrine.orders.models import Promotion
from vitrine.orders.promotion_form import PromotionForm
from vitrine.sovereignty.cell import this_cell

MOST_SHOWN = 100
TAKEN_OFF = """
    SELECT promotion, count(*), sum(minor) FROM (
        SELECT g.promotion_on_goods_id AS promotion, o.id, l.off_minor AS minor
        FROM orders_ordergroup g JOIN orders_order o ON o.group_id = g.id, LATERAL (
            SELECT sum(discount_platform_minor) AS off_minor FROM orders_orderline
            WHERE order_id = o.id) l
        WHERE g.promotion_on_goods_id = ANY (%(ids)s) AND o.state = ANY (%(states)s)
        UNION ALL
        SELECT g.promotion_on_delivery_id, o.id, o.discount_platform_minor - l.off_minor
        FROM orders_ordergroup g JOIN orders_order o ON o.group_id = g.id, LATERAL (
            SELECT sum(discount_platform_minor) AS off_minor FROM orders_orderline
            WHERE order_id = o.id) l
        WHERE g.promotion_on_delivery_id = ANY (%(ids)s) AND o.state = ANY (%(states)s)
    ) AS each WHERE minor > 0 GROUP BY promotion
"""
STAND = ("placed", "ready", "shipped", "collected")
"""States of orders that were neither called off nor paid back whole."""


@dataclass(frozen=True)
class Row:
    """One promotion. orders, taken_off_minor: what it brought off; None where that is not asked."""

    one: Promotion
    is_over: bool
    orders: int | None = None
    taken_off_minor: int | None = None


def of_merchant(merchant: Merchant, form: PromotionForm, *, at: datetime) -> dict[str, Any]:
    """Return what a shop's page shows. Queries: 2."""
    mine = Promotion.objects.filter(merchant=merchant).prefetch_related("vouchers")
    found = mine.order_by("-pk")[:MOST_SHOWN]
    rows = [Row(one, one.is_over(at)) for one in found]
    return {"promotions": rows, "form": form, "currency": merchant.currency}


def of_platform(form: PromotionForm, *, at: datetime) -> dict[str, Any]:
    """Return what the operator's page shows. cost_minor: as the books have it. Queries: 4."""
    currency = this_cell().currency
    mine = Promotion.objects.filter(merchant=None).prefetch_related("vouchers")
    found = list(mine.order_by("-pk")[:MOST_SHOWN])
    sums = _taken_off([one.pk for one in found])
    cost = balances.of([accounts.PLATFORM_PROMOTIONS], currency=currency)
    return {
        "promotions": [Row(one, one.is_over(at), *sums.get(one.pk, (0, 0))) for one in found],
        "form": form,
        "currency": currency,
        "cost_minor": -cost[accounts.PLATFORM_PROMOTIONS],
    }


def _taken_off(ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return of each promotion of the platform how many orders it counted on, and what it took."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_OFF, {"ids": ids, "states": list(STAND)})
        return {pk: (int(orders), int(minor)) for pk, orders, minor in cursor.fetchall()}
