"""Who is drawn for a drop, and that each household has it once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add them with what the release before this one means: everybody is drawn."""

    dependencies = [("orders", "0031_promoted_by")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="in_lot",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="place",
            name="used_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="place",
            name="used_phone",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                condition=models.Q(("used_for", ""), _negated=True),
                fields=("drop", "used_for"),
                name="place_one_an_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                condition=models.Q(("used_phone", ""), _negated=True),
                fields=("drop", "used_phone"),
                name="place_one_a_phone",
            ),
        ),
    ]
