"""Clips that are paid for, and whom they reached."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import vitrine.kernel.ids
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


def _clip() -> Any:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="videos.clip"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0019_met_as_an_ad"),
        ("videos", "0014_paid_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaidPost",
            fields=[
                ("id", _key()),
                ("public_id", vitrine.kernel.ids.PublicIdField()),
                ("home_cell", _home()),
                (
                    "paid_for",
                    models.CharField(
                        choices=[
                            ("declared", "Paid partnership, as its creator says"),
                            ("lent", "Lent to an advertiser"),
                            ("commission", "Earns commission on what it shows"),
                        ],
                        max_length=10,
                    ),
                ),
                ("payer", models.CharField(max_length=80)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("clip", _clip()),
            ],
            options={
                "indexes": [models.Index(fields=["last_on"], name="paid_post_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clip", "paid_for", "payer"), name="paid_post_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_on__gte", models.F("first_on")),
                            models.Q(("payer", ""), _negated=True),
                        ),
                        name="paid_post_sane",
                    ),
                ],
            },
        ),
        HomeCell("paidpost"),
        migrations.CreateModel(
            name="PostReach",
            fields=[
                ("id", _key()),
                ("home_cell", _home()),
                ("day", models.DateField()),
                ("band", models.CharField(blank=True, max_length=5)),
                ("region", models.CharField(blank=True, max_length=3)),
                ("viewers", models.PositiveIntegerField()),
                ("clip", _clip()),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="post_reach_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clip", "day", "band", "region"), name="post_reach_once"
                    )
                ],
            },
        ),
        HomeCell("postreach"),
    ]
