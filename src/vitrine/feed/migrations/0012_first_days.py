import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0011_days_of_facts"),
        ("videos", "0013_remixes_agree"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirstDay",
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
                ("showings", models.PositiveIntegerField()),
                ("average", models.PositiveIntegerField()),
                (
                    "hearing",
                    models.CharField(
                        choices=[
                            ("fair", "fair"),
                            ("not_open", "not_open"),
                            ("few_places", "few_places"),
                            ("outdrawn", "outdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                (
                    "clip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="videos.clip",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["noted_at"], name="first_day_noted")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hearing__in", ["fair", "not_open", "few_places", "outdrawn"])
                        ),
                        name="first_day_hearing_known",
                    )
                ],
            },
        ),
        HomeCell("firstday"),
    ]
