"""Moderators hide an ad that was reported."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0008_suspended"),
    ]

    operations = [
        migrations.AddField(
            model_name="ad",
            name="withheld_at",
            field=models.DateTimeField(null=True),
        ),
    ]
