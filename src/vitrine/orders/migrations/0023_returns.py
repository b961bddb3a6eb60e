"""Refunds piece by piece, and returns: what was agreed is frozen, and no more than was paid."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import (
    append_only,
    frozen,
    lifted,
    never_deleted,
    never_emptied,
    steps,
)

ORDER = (
    *("group_id", "merchant_id", "goods_minor", "delivery_minor", "tax_minor"),
    *("tax_included", "total_minor", "fee_minor", "discount_minor", "discount_platform_minor"),
)
LINE = (
    *("order_id", "variant_id", "title", "sku", "quantity", "unit_minor", "goods_minor"),
    *("tax_minor", "discount_minor", "discount_platform_minor", "platform_liable"),
)

PAID = """
CREATE FUNCTION orders_refund_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orders_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    IF (SELECT coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund' AND state <> 'refused'), 0)
            > coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture' AND state = 'done'), 0)
        FROM orders_paymentmove WHERE order_id = NEW.order_id) THEN
        RAISE EXCEPTION 'more of order % is given back than was paid', NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_paymentmove_paid AFTER INSERT ON orders_paymentmove
    FOR EACH ROW WHEN (NEW.kind = 'refund') EXECUTE FUNCTION orders_refund_is_paid();
CREATE FUNCTION orders_refund_is_its_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM orders_paymentmove WHERE id = NEW.move_id AND kind = 'refund'
                   AND amount_minor = NEW.amount_minor) THEN
        RAISE EXCEPTION 'refund % is not of its move', NEW.public_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_refund_of_its_move AFTER INSERT ON orders_refund
    FOR EACH ROW EXECUTE FUNCTION orders_refund_is_its_move();
"""
UNPAID = """
DROP TRIGGER orders_refund_of_its_move ON orders_refund;
DROP FUNCTION orders_refund_is_its_move();
DROP TRIGGER orders_paymentmove_paid ON orders_paymentmove;
DROP FUNCTION orders_refund_is_paid();
"""
BOUGHT = """
CREATE FUNCTION orders_units_were_bought() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bought int;
    gone int;
BEGIN
    SELECT quantity INTO bought FROM orders_orderline WHERE id = NEW.line_id FOR NO KEY UPDATE;
    IF TG_TABLE_NAME = 'orders_refundline' THEN
        SELECT sum(l.quantity) INTO gone FROM orders_refundline l
            JOIN orders_refund r ON r.id = l.refund_id
            JOIN orders_paymentmove m ON m.id = r.move_id
            WHERE l.line_id = NEW.line_id AND m.state <> 'refused';
    ELSE
        SELECT sum(coalesce(l.came, l.quantity)) INTO gone FROM orders_returnline l
            JOIN orders_return r ON r.id = l.of_id
            WHERE l.line_id = NEW.line_id AND r.state <> 'refused';
    END IF;
    IF gone > bought THEN
        RAISE EXCEPTION 'more of line % comes back than was bought', NEW.line_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_refundline_bought AFTER INSERT ON orders_refundline
    FOR EACH ROW EXECUTE FUNCTION orders_units_were_bought();
CREATE TRIGGER orders_returnline_bought AFTER INSERT OR UPDATE OF came ON orders_returnline
    FOR EACH ROW EXECUTE FUNCTION orders_units_were_bought();
"""
UNBOUGHT = """
DROP TRIGGER orders_refundline_bought ON orders_refundline;
DROP TRIGGER orders_returnline_bought ON orders_returnline;
DROP FUNCTION orders_units_were_bought();
"""


class Migration(migrations.Migration):
    """Create them, with what the database refuses."""

    dependencies = [
        ("catalog", "0014_prices_and_places"),
        ("orders", "0022_withheld"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="returns_days",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="taxes",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("whole", "Everything that was left of the order"),
                            ("return", "Returned goods"),
                            ("goodwill", "A part of the price"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("delivery_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("made_good_minor", models.BigIntegerField()),
                ("taxes", models.JSONField(default=dict)),
                ("fee_taxes", models.JSONField(default=dict)),
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund",
                        to="orders.paymentmove",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            ("delivery_minor__gte", 0),
                            ("fee_minor__gte", 0),
                            ("made_good_minor__gte", 0),
                        ),
                        name="refund_of_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("quantity", models.PositiveSmallIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_lines",
                        to="orders.orderline",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="orders.refund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("refund", "line"), name="refund_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0), ("quantity__gt", 0)),
                        name="refund_line_of_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("approved", "To be sent back"),
                            ("refused", "Refused"),
                            ("received", "Arrived at the shop"),
                            ("settled", "Settled"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("broken", "It is broken or does not work"),
                            ("wrong", "It is not what I ordered"),
                            ("different", "It is not as it was described"),
                            ("fit", "It does not fit"),
                            ("changed", "I changed my mind"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="orders.order",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_of",
                        to="orders.refund",
                    ),
                ),
                (
                    "sent_instead",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instead_of",
                        to="orders.order",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "approved", "refused", "received", "settled"]),
                            models.Q(
                                models.Q(("answered_at", None), ("state", "asked")),
                                models.Q(("state", "asked"), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("settled_at__isnull", False), ("state", "settled")),
                                models.Q(("state", "settled"), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="return_state",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "approved", "received"])),
                        fields=["order"],
                        name="return_open",
                    )
                ],
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("quantity", models.PositiveSmallIntegerField()),
                ("came", models.PositiveSmallIntegerField(null=True)),
                ("restocked", models.PositiveSmallIntegerField(null=True)),
                (
                    "instead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.variant",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="orders.orderline",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="orders.return",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("of", "line"), name="return_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__gt", 0),
                            models.Q(
                                models.Q(("came", None), ("restocked", None)),
                                models.Q(
                                    ("came__lte", models.F("quantity")),
                                    ("restocked__lte", models.F("came")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="return_line_of_something",
                    ),
                ],
                "ordering": ["pk"],
            },
        ),
        *(HomeCell(name) for name in ("refund", "refundline", "return", "returnline")),
        migrations.RunSQL(PAID, UNPAID),
        migrations.RunSQL(BOUGHT, UNBOUGHT),
        append_only("orders_refund"),
        append_only("orders_refundline"),
        frozen("orders_return", "key", "order_id", "reason", "words", "asked_at"),
        frozen("orders_returnline", "of_id", "line_id", "quantity", "instead_id"),
        lifted(frozen("orders_order", *ORDER)),
        lifted(frozen("orders_orderline", *LINE)),
        frozen("orders_order", *ORDER, "returns_days"),
        frozen("orders_orderline", *LINE, "taxes"),
        steps(
            "orders_return",
            "state",
            {
                "asked": ["approved", "refused"],
                "approved": ["received"],
                "received": ["settled"],
                "settled": ["received"],
            },
        ),
        *(
            guard(f"orders_{table}")
            for table in ("return", "returnline")
            for guard in (never_deleted, never_emptied)
        ),
        *(never_emptied(f"orders_{table}") for table in ("refund", "refundline")),
    ]
