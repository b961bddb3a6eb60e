"""Clips beside which ads do not stand: as advertisers wish, and those under a case."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


def _key() -> Any:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _home() -> Any:
    return vitrine.sovereignty.cell.HomeCellField(
        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0012_dealings"),
        ("videos", "0013_remixes_agree"),
    ]

    operations = [
        migrations.CreateModel(
            name="Avoidance",
            fields=[
                ("id", _key()),
                ("home_cell", _home()),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "advertiser",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="avoidance",
                        to="ads.advertiser",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words__len__lte", 50)), name="ad_avoidance_few_words"
                    )
                ],
            },
        ),
        HomeCell("avoidance"),
        migrations.CreateModel(
            name="Questioned",
            fields=[
                ("id", _key()),
                ("home_cell", _home()),
                (
                    "clip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="videos.clip",
                    ),
                ),
            ],
        ),
        HomeCell("questioned"),
    ]
