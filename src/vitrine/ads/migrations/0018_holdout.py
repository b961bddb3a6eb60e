"""Who is held out of campaigns, and what they and the others bought."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen, lifted

AGREED = ("advertiser_id", "objective", "zone", "made_at", "click_days", "view_days")


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0017_credits"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArmDay",
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
                ("is_held", models.BooleanField()),
                ("viewers", models.BigIntegerField()),
                ("buyers", models.BigIntegerField()),
                ("sales_minor", models.BigIntegerField()),
                ("squares", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="Ghost",
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
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="holdout_percent",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="armday",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="arms", to="ads.campaign"
            ),
        ),
        migrations.AddField(
            model_name="ghost",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ads.campaign",
            ),
        ),
        migrations.AddIndex(
            model_name="armday",
            index=models.Index(fields=["day"], name="ad_arm_day_by_day"),
        ),
        migrations.AddConstraint(
            model_name="armday",
            constraint=models.UniqueConstraint(
                fields=("campaign", "day", "is_held"), name="ad_arm_day_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="armday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buyers__gte", 0),
                    ("buyers__lte", models.F("viewers")),
                    ("sales_minor__gte", 0),
                    ("squares__gte", 0),
                    ("viewers__gt", 0),
                ),
                name="ad_arm_day_sane",
            ),
        ),
        migrations.AddIndex(
            model_name="ghost",
            index=models.Index(fields=["last_at"], name="ad_ghost_by_age"),
        ),
        migrations.AddConstraint(
            model_name="ghost",
            constraint=models.UniqueConstraint(fields=("viewer", "campaign"), name="ad_ghost_once"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("holdout_percent__lte", 50)), name="campaign_holdout"
            ),
        ),
        HomeCell("ghost"),
        HomeCell("armday"),
        lifted(frozen("ads_campaign", *AGREED)),
        frozen("ads_campaign", *AGREED, "holdout_percent"),
    ]
