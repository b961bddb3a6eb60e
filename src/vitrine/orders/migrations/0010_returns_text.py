"""The terms of returns that an order was placed under."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0009_of_merchants_that_sell"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="returns_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
    ]
