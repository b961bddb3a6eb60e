"""Who was shown which ads, and what followed."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen

TABLES = ("met", "hiddenad", "showing", "adday", "adhour")


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0002_spending"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdHour",
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
                ("hour_at", models.DateTimeField(unique=True)),
                ("places", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Met",
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
                ("viewer", models.CharField(db_collation="C", max_length=40, unique=True)),
                (
                    "ads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "shown_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdDay",
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
                ("shown", models.BigIntegerField()),
                ("expected", models.FloatField()),
                ("views", models.BigIntegerField()),
                ("clicks", models.BigIntegerField()),
                (
                    "ad",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="ads.ad",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="ad_day_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("ad", "day"), name="ad_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shown__gte", models.F("views")), ("shown__gte", models.F("clicks"))
                        ),
                        name="ad_day_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HiddenAd",
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
                ("viewer", models.CharField(db_collation="C", max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "ad",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ads.ad"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("viewer", "ad"), name="ad_hidden_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Showing",
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
                ("showing", models.UUIDField(unique=True)),
                ("viewer", models.CharField(db_collation="C", max_length=40)),
                ("price_micros", models.BigIntegerField()),
                ("chance", models.FloatField()),
                ("at", models.DateTimeField()),
                (
                    "ad",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.ad",
                    ),
                ),
                (
                    "lease",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.lease",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="ad_showing_by_age"),
                    models.Index(fields=["viewer"], name="ad_showing_by_viewer"),
                ],
            },
        ),
        *(HomeCell(model) for model in TABLES),
        frozen("ads_showing", "showing", "ad_id", "lease_id", "price_micros", "chance", "at"),
    ]
