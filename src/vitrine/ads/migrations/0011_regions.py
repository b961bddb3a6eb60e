"""Ads for people in some regions, and how many they reached there."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0010_invalid_traffic"),
    ]

    operations = [
        migrations.AddField(
            model_name="adgroup",
            name="regions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=3), db_default=[], default=list, size=None
            ),
        ),
        migrations.RemoveConstraint(model_name="adreach", name="ad_reach_once"),
        migrations.AddField(
            model_name="adreach",
            name="region",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddConstraint(
            model_name="adreach",
            constraint=models.UniqueConstraint(
                fields=("ad", "day", "band", "region"), name="ad_reach_of_day_once"
            ),
        ),
    ]
