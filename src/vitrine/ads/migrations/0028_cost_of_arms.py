"""What it cost to show a campaign to those whose purchases are compared."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0027_meetings"),
    ]

    operations = [
        migrations.AddField(
            model_name="armday",
            name="spent_micros",
            field=models.BigIntegerField(db_default=0),
        ),
    ]
