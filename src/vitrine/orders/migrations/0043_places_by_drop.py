"""One index less on places: that on drop and visitor begins as it did."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0042_cards_stranded"),
    ]

    operations = [
        migrations.AlterField(
            model_name="place",
            name="drop",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="places",
                to="orders.drop",
            ),
        ),
    ]
