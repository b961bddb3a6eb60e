"""A reservation may be of goods on their way to where they are collected."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0025_shipments"), ("catalog", "0016_promised")]

    operations = [
        migrations.AddField(
            "reservation",
            "transfer_line",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.transferline",
            ),
        ),
        migrations.AddIndex(
            "reservation",
            models.Index(
                fields=["transfer_line"],
                name="reservation_on_its_way",
                condition=Q(transfer_line__isnull=False),
            ),
        ),
    ]
