"""How many searches an automatic campaign was in, so that it is paced there as well."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0024_selling"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchHour",
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
                ("hour_at", models.DateTimeField()),
                ("places", models.BigIntegerField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ads.campaign",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hour_at"], name="ad_search_hour_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "hour_at"), name="ad_search_hour_once"
                    )
                ],
            },
        ),
        HomeCell("searchhour"),
    ]
