"""Sum what each shop sold, by day: in all, by clip and by product.

A day is summed anew as long as its orders may still be undone and its facts are there; nothing is
ever added to a sum. Source: docs/adr/0075-sellers-figures.md.
"""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from vitrine.catalog.models import Merchant, Variant
from vitrine.orders.models import Bagging, ShopDay
from vitrine.sovereignty.cell import home, local_day, this_cell

SUMMED_AGAIN = timedelta(days=62)
"""For so long a day's sums follow what is cancelled and refunded; then they stand."""
KEPT = timedelta(days=65)
_SUMMING = 75_001
"""Names the lock on summing among Postgres' advisory locks."""

SUM = """
WITH sold AS (
    SELECT o.merchant_id, (o.placed_at AT TIME ZONE %(zone)s)::date AS day, l.clip_id,
        v.product_id, o.id AS order_id, l.quantity, 0 AS bagged,
        l.goods_minor - l.discount_minor - l.discount_platform_minor AS paid_minor
    FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
    JOIN catalog_variant v ON v.id = l.variant_id
    WHERE o.merchant_id = ANY (%(merchants)s) AND o.state NOT IN ('cancelled', 'refunded')
      AND o.placed_at >= (%(since)s::date::timestamp AT TIME ZONE %(zone)s)
      AND NOT EXISTS (SELECT FROM orders_return r WHERE r.sent_instead_id = o.id)
), bagged AS (
    SELECT p.merchant_id, (b.at AT TIME ZONE %(zone)s)::date, b.clip_id, b.product_id,
        NULL::bigint, 0, 1, 0
    FROM orders_bagging b JOIN catalog_product p ON p.id = b.product_id
    WHERE b.at >= (%(since)s::date::timestamp AT TIME ZONE %(zone)s)
), fresh AS MATERIALIZED (
    SELECT merchant_id, day, clip_id, product_id, sum(bagged)::int AS bagged,
        count(DISTINCT order_id)::int AS orders, sum(quantity)::int AS units,
        sum(paid_minor)::bigint AS paid_minor
    FROM (SELECT * FROM sold UNION ALL SELECT * FROM bagged) AS facts
    GROUP BY GROUPING SETS (
        (merchant_id, day), (merchant_id, day, clip_id), (merchant_id, day, product_id)
    )
    HAVING grouping(clip_id) = 1 OR clip_id IS NOT NULL
), gone AS (
    DELETE FROM orders_shopday s WHERE s.day >= %(since)s AND NOT EXISTS (
        SELECT FROM fresh f WHERE f.merchant_id = s.merchant_id AND f.day = s.day
            AND f.clip_id IS NOT DISTINCT FROM s.clip_id
            AND f.product_id IS NOT DISTINCT FROM s.product_id
    )
)
INSERT INTO orders_shopday
    (home_cell, merchant_id, day, clip_id, product_id, bagged, orders, units, paid_minor)
SELECT %(home)s, merchant_id, day, clip_id, product_id, bagged, orders, units, paid_minor
FROM fresh
ON CONFLICT (merchant_id, day, clip_id, product_id) DO UPDATE SET bagged = excluded.bagged,
    orders = excluded.orders, units = excluded.units, paid_minor = excluded.paid_minor
WHERE (orders_shopday.bagged, orders_shopday.orders, orders_shopday.units,
       orders_shopday.paid_minor)
   <> (excluded.bagged, excluded.orders, excluded.units, excluded.paid_minor)
"""
"""One statement, so that a reader sees the old sums or the new ones."""


def note_bagging(variant: Variant, *, clip_id: int | None, at: datetime) -> None:
    """Note that somebody put a thing into a bag, without saying who. Queries: 1."""
    Bagging.objects.create(product_id=variant.product_id, clip_id=clip_id, at=at)


@transaction.atomic
def sum_days(*, at: datetime) -> None:
    """Sum the days anew that may still change. Safe to run twice, or at once. Queries: 3."""
    merchants = list(Merchant.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SUMMING])
        cursor.execute(
            SUM,
            {
                "since": local_day(at - SUMMED_AGAIN),
                "zone": this_cell().time_zone,
                "merchants": merchants,
                "home": home(),
            },
        )


def forget(*, at: datetime) -> None:
    """Forget what was put into bags, once its days are summed for good. Queries: 1."""
    Bagging.objects.filter(at__lt=at - KEPT).delete()


def of(merchant: Merchant, *, since: date, until: date) -> list[ShopDay]:
    """Return a shop's sums of days, both included, with what they are of. Queries: 1."""
    rows = ShopDay.objects.filter(merchant=merchant, day__gte=since, day__lte=until)
    return list(rows.select_related("product").order_by("day", "pk"))
