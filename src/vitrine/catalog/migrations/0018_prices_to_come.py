"""Prices to come that have come are looked for each minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_drop_until"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="variant",
            index=models.Index(
                condition=models.Q(("next_from__isnull", False)),
                fields=["next_from"],
                name="price_to_come",
            ),
        ),
    ]
