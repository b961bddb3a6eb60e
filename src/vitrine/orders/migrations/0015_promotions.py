"""Promotions and vouchers; what came off is frozen on orders, and adds up."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Upper

from vitrine.kernel import ids
from vitrine.orders.models.promotion import GIFTS
from vitrine.sovereignty import cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen, lifted

FIGURES = ("goods_minor", "delivery_minor", "tax_minor", "total_minor")
GROUP = ("key", "digest", "currency", *FIGURES)
ORDER = ("group_id", "merchant_id", *FIGURES[:3], "tax_included", "total_minor", "fee_minor")
LINE = (
    *("order_id", "variant_id", "title", "sku", "quantity"),
    *("unit_minor", "goods_minor", "tax_minor"),
)
OFF = ("discount_minor", "discount_platform_minor")

ADDS_UP = """
CREATE OR REPLACE FUNCTION orders_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM orders_ordergroup g
        WHERE g.id = NEW.group_id
        AND (g.goods_minor, g.delivery_minor, g.tax_minor, g.total_minor%(group)s) = (
            SELECT sum(goods_minor), sum(delivery_minor), sum(tax_minor), sum(total_minor)%(orders)s
            FROM orders_order WHERE group_id = NEW.group_id)
    ) THEN
        RAISE EXCEPTION 'purchase %% is not the sum of its orders', NEW.group_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.goods_minor, NEW.tax_minor) IS DISTINCT FROM (
        (SELECT sum(goods_minor) FROM orders_orderline WHERE order_id = NEW.id),
        (SELECT coalesce(sum(amount_minor), 0) FROM orders_ordertax WHERE order_id = NEW.id)
    )%(lines)s THEN
        RAISE EXCEPTION 'order %% is not the sum of its lines and taxes', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
WITH_OFF = ADDS_UP % {
    "group": ", g.discount_minor",
    "orders": ", sum(discount_minor + discount_platform_minor)",
    "lines": """ OR (
        NEW.discount_minor + NEW.discount_platform_minor > 0 AND NOT EXISTS (
            SELECT 1 FROM orders_orderline WHERE order_id = NEW.id
            HAVING NEW.discount_minor >= sum(discount_minor)
            AND NEW.discount_platform_minor >= sum(discount_platform_minor)
            AND NEW.discount_minor + NEW.discount_platform_minor - NEW.delivery_minor
                <= sum(discount_minor + discount_platform_minor)))""",
}
WITHOUT = ADDS_UP % {"group": "", "orders": "", "lines": ""}


PAID = F("goods_minor") + F("delivery_minor") - F("discount_minor") - F("discount_platform_minor")
ADD_UP = models.CheckConstraint(
    condition=Q(tax_included=True, total_minor=PAID)
    | Q(tax_included=False, total_minor=PAID + F("tax_minor")),
    name="order_adds_up",
)
POSITIVE = models.CheckConstraint(
    condition=Q(goods_minor__gte=0, delivery_minor__gte=0, tax_minor__gte=0)
    & Q(discount_minor__gte=0, discount_platform_minor__gte=0, total_minor__gte=0),
    name="order_positive",
)
NOT_BELOW_NOTHING = models.CheckConstraint(
    condition=Q(
        discount_minor__gte=0,
        discount_platform_minor__gte=0,
        discount_minor__lte=F("goods_minor") - F("discount_platform_minor"),
    ),
    name="line_costs_something_or_nothing",
)


def _row() -> list[tuple[str, models.Field]]:  # type: ignore[type-arg]
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                   verbose_name="ID")),
        ("home_cell", cell.HomeCellField(default=cell.home, editable=False, max_length=2)),
    ]  # fmt: skip


def _to(model: str, **kwargs: object) -> models.ForeignKey:  # type: ignore[type-arg]
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(on_delete=protect, to=model, **{"related_name": "+", **kwargs})  # type: ignore[arg-type]


def _off(model: str, *names: str) -> list[migrations.AddField]:
    return [
        migrations.AddField(model, name, models.BigIntegerField(db_default=0, default=0))
        for name in names
    ]


class Migration(migrations.Migration):
    """Add the rows, then what came off to orders, with its guards."""

    dependencies = [
        ("orders", "0014_payouts"),
        ("catalog", "0010_delivery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Promotion",
            fields=[
                *_row(),
                (
                    "public_id",
                    ids.PublicIdField(
                        db_collation="C",
                        default=ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                ("merchant", _to("catalog.merchant", null=True)),
                ("name", models.CharField(max_length=60)),
                ("gift", models.CharField(choices=GIFTS, max_length=8)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("buy", models.PositiveSmallIntegerField(default=0)),
                ("get", models.PositiveSmallIntegerField(default=0)),
                ("least_minor", models.BigIntegerField(default=0)),
                ("by_code", models.BooleanField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(least_minor__gte=0)
                        & (
                            Q(gift="percent", percent__gte=1, percent__lte=100)
                            | Q(gift="fixed", amount_minor__gt=0)
                            | Q(gift="buy_x", buy__gte=1, get__gte=1)
                            | Q(gift="delivery")
                        ),
                        name="promotion_gives_something",
                    ),
                    models.CheckConstraint(
                        condition=Q(until_at=None) | Q(until_at__gt=F("from_at")),
                        name="promotion_has_its_time",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["merchant"],
                        name="promotion_not_ended",
                        condition=Q(ended_at=None),
                        include=["from_at", "until_at"],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                *_row(),
                ("promotion", _to("orders.promotion", related_name="vouchers")),
                ("merchant", _to("catalog.merchant", null=True)),
                ("code", models.CharField(max_length=30)),
                ("most", models.PositiveIntegerField(null=True)),
                ("most_each", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["code", "merchant"],
                        name="voucher_code_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(code=Upper("code")), name="voucher_code_upper"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                *_row(),
                ("voucher", _to("orders.voucher")),
                ("key", models.CharField(max_length=80)),
                ("person", _to(settings.AUTH_USER_MODEL, null=True)),
                ("email", models.EmailField(max_length=254)),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["voucher", "key"], name="redemption_once"),
                ],
            },
        ),
        *(HomeCell(name) for name in ("promotion", "voucher", "redemption")),
        migrations.RemoveConstraint("order", "order_adds_up"),
        migrations.RemoveConstraint("order", "order_positive"),
        *_off("ordergroup", "discount_minor"),
        *_off("order", *OFF),
        *_off("orderline", *OFF),
        migrations.AddConstraint("order", ADD_UP),
        migrations.AddConstraint("order", POSITIVE),
        migrations.AddConstraint("orderline", NOT_BELOW_NOTHING),
        migrations.RunSQL(WITH_OFF, WITHOUT),
        lifted(frozen("orders_ordergroup", *GROUP)),
        lifted(frozen("orders_order", *ORDER)),
        lifted(frozen("orders_orderline", *LINE)),
        frozen("orders_ordergroup", *GROUP, "discount_minor"),
        frozen("orders_order", *ORDER, *OFF),
        frozen("orders_orderline", *LINE, *OFF, "platform_liable"),
    ]
