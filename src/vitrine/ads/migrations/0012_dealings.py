"""Ads for people who looked at something of a shop, have it in their bag or bought it, or not."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


def _names() -> Any:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=6), db_default=[], default=list, size=None
    )


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
        ("ads", "0011_regions"),
        ("catalog", "0018_prices_to_come"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name="adgroup", name="dealings", field=_names()),
        migrations.AddField(model_name="adgroup", name="left_out", field=_names()),
        migrations.AddConstraint(
            model_name="adgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dealings__contained_by", ["looked", "bagged", "bought"]),
                    ("left_out__contained_by", ["looked", "bagged", "bought"]),
                    models.Q(("dealings__overlap", models.F("left_out")), _negated=True),
                ),
                name="ad_group_dealings_known",
            ),
        ),
        migrations.CreateModel(
            name="FreshStart",
            fields=[
                ("id", _key()),
                ("home_cell", _home()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        HomeCell("freshstart"),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", _key()),
                ("home_cell", _home()),
                ("at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="look_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "merchant"), name="look_once")
                ],
            },
        ),
        HomeCell("look"),
    ]
