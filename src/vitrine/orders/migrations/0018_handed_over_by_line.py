"""An order is what a merchant hands over at once: several of one purchase may be one merchant's.

The release before writes one order per merchant, which the wider rule allows as well.
"""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen

PLACE = ("name", "line1", "line2", "city", "region", "postcode", "phone")


class Migration(migrations.Migration):
    """Add destinations, then the wider rule before the narrow one goes."""

    dependencies = [("orders", "0017_met")]

    operations = [
        migrations.CreateModel(
            name="Destination",
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
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destinations",
                        to="orders.ordergroup",
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("line1", models.CharField(max_length=120)),
                ("line2", models.CharField(blank=True, max_length=120)),
                ("city", models.CharField(max_length=80)),
                ("region", models.CharField(blank=True, max_length=3)),
                ("postcode", models.CharField(max_length=10)),
                ("phone", models.CharField(blank=True, max_length=30)),
            ],
        ),
        HomeCell("destination"),
        frozen("orders_destination", "group_id", *PLACE),
        migrations.AddField(
            model_name="order",
            name="destination",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="orders.destination",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("group", "merchant", "delivery_option", "pickup_location", "destination"),
                name="order_per_handover",
                nulls_distinct=False,
            ),
        ),
        migrations.RemoveConstraint(model_name="order", name="order_per_merchant"),
    ]
