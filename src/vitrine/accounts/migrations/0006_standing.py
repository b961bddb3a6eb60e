import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="born_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="is_moderator",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Pace",
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
                ("who", models.CharField(max_length=40)),
                ("action", models.CharField(max_length=10)),
                ("window_s", models.PositiveIntegerField()),
                ("began_at", models.DateTimeField(db_index=True)),
                ("done", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("who", "action", "window_s"), name="pace_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
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
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suspensions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gt", models.F("at")), _connector="OR"
                        ),
                        name="suspension_lasts",
                    )
                ],
            },
        ),
        HomeCell("suspension"),
        HomeCell("pace"),
    ]
