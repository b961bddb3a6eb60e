"""How many people an ad reached, by age band."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0004_bills"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdReach",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("day", models.DateField()),
                ("band", models.CharField(blank=True, max_length=5)),
                ("viewers", models.BigIntegerField()),
                (
                    "ad",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reach",
                        to="ads.ad",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ad", "day", "band"), name="ad_reach_once")
                ],
            },
        ),
        HomeCell("adreach"),
    ]
