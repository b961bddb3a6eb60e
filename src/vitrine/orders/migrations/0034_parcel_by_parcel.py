"""What is in a parcel leaves the shelf with it: how many units of what is held have left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add it as nothing, which is what the release before this one means."""

    dependencies = [("orders", "0033_paid_by_the_platform")]

    operations = [
        migrations.RemoveConstraint(model_name="reservation", name="reservation_of_something"),
        migrations.AddField(
            model_name="reservation",
            name="gone",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gone__lte", models.F("quantity")),
                    ("quantity__gt", 0),
                    models.Q(("gone", 0), ("state__in", ["bought", "sold"]), _connector="OR"),
                ),
                name="reservation_of_something",
            ),
        ),
    ]
