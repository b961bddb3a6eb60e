"""What became of bids from outside, what partners are to be told, and who is left alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen

TABLES = ("demandstop", "bidnotice", "demandday")
CHARGED = """
CREATE FUNCTION ads_billing_is_charged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ads_charge WHERE showing = NEW.showing) THEN
        RAISE EXCEPTION 'a partner is told of a billing once its showing is charged'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_billing_is_charged BEFORE INSERT OR UPDATE OF told_at ON ads_bidnotice
    FOR EACH ROW WHEN (NEW.kind = 'billing' AND NEW.told_at IS NOT NULL)
    EXECUTE FUNCTION ads_billing_is_charged();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0015_worth"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DemandStop",
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
                (
                    "advertiser",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.advertiser",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BidNotice",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("win", "Win"), ("billing", "Billing"), ("loss", "Loss")],
                        max_length=7,
                    ),
                ),
                ("showing", models.UUIDField(null=True)),
                ("url", models.CharField(max_length=4000)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.advertiser",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("told_at", None)),
                        fields=["due_at"],
                        name="bid_notice_due",
                    ),
                    models.Index(fields=["made_at"], name="bid_notice_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("showing__isnull", False)),
                        fields=("showing", "kind"),
                        name="bid_notice_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "loss"), ("showing", None)),
                            models.Q(("kind__in", ["win", "billing"]), ("showing__isnull", False)),
                            _connector="OR",
                        ),
                        name="bid_notice_of_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DemandDay",
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
                ("what", models.CharField(max_length=20)),
                ("number", models.BigIntegerField()),
                (
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.advertiser",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("advertiser", "day", "what"), name="demand_day_once"
                    )
                ],
            },
        ),
        *(HomeCell(model) for model in TABLES),
        frozen("ads_bidnotice", "advertiser_id", "kind", "showing", "url", "made_at"),
        RunSQL(
            CHARGED,
            "DROP TRIGGER ads_billing_is_charged ON ads_bidnotice;"
            "DROP FUNCTION ads_billing_is_charged();",
        ),
    ]
