"""Bills: each kind is numbered for its merchant, one after the other, and none is changed."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_deleted, never_emptied

FOLLOWS = """
CREATE FUNCTION orders_bill_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number > 1 AND NOT EXISTS (
        SELECT 1 FROM orders_bill WHERE merchant_id = NEW.merchant_id AND kind = NEW.kind
        AND number = NEW.number - 1
    ) THEN
        RAISE EXCEPTION 'bill % does not follow the one before', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_bill_follows AFTER INSERT ON orders_bill
    FOR EACH ROW EXECUTE FUNCTION orders_bill_follows();
"""
FREE = """
DROP TRIGGER orders_bill_follows ON orders_bill;
DROP FUNCTION orders_bill_follows();
"""


class Migration(migrations.Migration):
    """Create them, with what the database refuses."""

    dependencies = [
        ("catalog", "0014_prices_and_places"),
        ("orders", "0023_returns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bill",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit", "Credit note")], max_length=8
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("seller_name", models.CharField(max_length=160)),
                ("seller_address", models.CharField(blank=True, max_length=300)),
                ("seller_numbers", models.CharField(blank=True, max_length=300)),
                ("issued_at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bills",
                        to="orders.order",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bill",
                        to="orders.refund",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "kind", "number"), name="bill_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "invoice")),
                        fields=("order",),
                        name="invoice_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "invoice"), ("refund", None)),
                            models.Q(("kind", "credit"), ("refund__isnull", False)),
                            _connector="OR",
                        ),
                        name="bill_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="bill_numbered"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillCount",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit", "Credit note")], max_length=8
                    ),
                ),
                ("last", models.PositiveIntegerField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "kind"), name="bill_count_once")
                ],
            },
        ),
        *(HomeCell(name) for name in ("bill", "billcount")),
        migrations.RunSQL(FOLLOWS, FREE),
        append_only("orders_bill"),
        never_emptied("orders_bill"),
        never_deleted("orders_billcount"),
        never_emptied("orders_billcount"),
    ]
