"""Refunds of gift cards that buyers' banks send back are booked back, too."""

import django.db.models.deletion
from django.db import migrations, models

from vitrine.sovereignty.immutable import frozen, lifted

STRANDED = ("move_id", "provider", "currency", "amount_minor", "reason", "at")


class Migration(migrations.Migration):
    """Let such a refund be of an order, or of a gift card."""

    dependencies = [("orders", "0041_card_sales")]

    operations = [
        migrations.AlterField(
            model_name="strandedrefund",
            name="move",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stranded",
                to="orders.paymentmove",
            ),
        ),
        migrations.AddField(
            model_name="strandedrefund",
            name="card_move",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stranded",
                to="orders.cardmove",
            ),
        ),
        migrations.AddConstraint(
            model_name="strandedrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("card_move", None), ("move__isnull", False)),
                    models.Q(("card_move__isnull", False), ("move", None)),
                    _connector="OR",
                ),
                name="stranded_of_one",
            ),
        ),
        lifted(frozen("orders_strandedrefund", *STRANDED)),
        frozen("orders_strandedrefund", *STRANDED, "card_move_id"),
    ]
