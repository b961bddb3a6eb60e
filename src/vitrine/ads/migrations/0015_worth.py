"""What a place was worth to whom had it: what is foretold from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0014_past_targeting"),
    ]

    operations = [
        migrations.AddField(
            model_name="showing",
            name="worth_micros",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
