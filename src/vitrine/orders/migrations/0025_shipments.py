"""Parcels of an order: no unit is in two, and what a carrier told is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_deleted, never_emptied

ONCE = """
CREATE FUNCTION orders_unit_in_one_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bought int;
BEGIN
    SELECT quantity INTO bought FROM orders_orderline WHERE id = NEW.line_id FOR NO KEY UPDATE;
    IF (SELECT sum(quantity) FROM orders_shipmentline WHERE line_id = NEW.line_id) > bought THEN
        RAISE EXCEPTION 'more of line % is in more parcels than was bought', NEW.line_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_shipmentline_once AFTER INSERT ON orders_shipmentline
    FOR EACH ROW EXECUTE FUNCTION orders_unit_in_one_parcel();
"""
TWICE = """
DROP TRIGGER orders_shipmentline_once ON orders_shipmentline;
DROP FUNCTION orders_unit_in_one_parcel();
"""


class Migration(migrations.Migration):
    """Create them, with what the database refuses."""

    dependencies = [
        ("catalog", "0015_samples"),
        ("orders", "0024_bills"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Shipment",
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
                ("carrier", models.CharField(blank=True, max_length=40)),
                ("tracking", models.CharField(blank=True, max_length=80)),
                ("packed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.location",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Scan",
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
                        choices=[
                            ("taken", "Taken by the carrier"),
                            ("moving", "On the way"),
                            ("out", "Out for delivery"),
                            ("delivered", "Delivered"),
                            ("held_up", "Held up"),
                        ],
                        max_length=10,
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="orders.shipment",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ShipmentLine",
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
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipment_lines",
                        to="orders.orderline",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="orders.shipment",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "line"), name="shipment_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="shipment_line_of_something"
                    ),
                ],
            },
        ),
        *(HomeCell(name) for name in ("shipment", "shipmentline", "scan")),
        migrations.RunSQL(ONCE, TWICE),
        append_only("orders_shipmentline"),
        append_only("orders_scan"),
        never_deleted("orders_shipment"),
        *(never_emptied(f"orders_{table}") for table in ("shipment", "shipmentline", "scan")),
    ]
