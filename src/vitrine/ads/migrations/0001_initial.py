"""Advertisers, campaigns and ads. What an ad shows is frozen: who reviewed it knew what it is."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, frozen, never_deleted, never_emptied

TABLES = ("advertiser", "admember", "campaign", "adgroup", "ad", "authorisation", "adverdict")
NOT_BY_ITS_OWN = """
CREATE FUNCTION ads_verdict_by_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id
        JOIN ads_campaign c ON c.id = g.campaign_id
        JOIN ads_admember m ON m.advertiser_id = c.advertiser_id
        WHERE a.id = NEW.ad_id AND m.person_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'nobody reviews their own ads' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adverdict_by_others BEFORE INSERT ON ads_adverdict
    FOR EACH ROW EXECUTE FUNCTION ads_verdict_by_others();
"""
TAKEN_UP_ONCE = """
CREATE TRIGGER ads_authorisation_taken BEFORE UPDATE OF advertiser_id, taken_at ON ads_authorisation
    FOR EACH ROW WHEN (OLD.taken_at IS NOT NULL AND (OLD.advertiser_id IS DISTINCT FROM
        NEW.advertiser_id OR OLD.taken_at IS DISTINCT FROM NEW.taken_at))
    EXECUTE FUNCTION vitrine_refuse('an authorisation is taken up once');
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0018_prices_to_come"),
        ("videos", "0013_remixes_agree"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("bid_micros", models.BigIntegerField(null=True)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), default=list, size=None
                    ),
                ),
                (
                    "ages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5), default=list, size=None
                    ),
                ),
                (
                    "interests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("most_shown", models.PositiveSmallIntegerField(default=3)),
                ("within_days", models.PositiveSmallIntegerField(default=1)),
                ("paused_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Ad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                (
                    "call",
                    models.CharField(
                        choices=[
                            ("shop", "Shop now"),
                            ("more", "Learn more"),
                            ("visit", "Visit profile"),
                        ],
                        max_length=6,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("paused_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="videos.clip",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ads",
                        to="ads.adgroup",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdVerdict",
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
                ("is_approved", models.BooleanField()),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "ad",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to="ads.ad",
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
            name="Advertiser",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("daily_minor", models.BigIntegerField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("suspended_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdMember",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("campaigns", "Campaigns"),
                            ("money", "Money"),
                            ("figures", "Figures"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="ads.advertiser",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Authorisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "advertiser",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorisations",
                        to="ads.advertiser",
                    ),
                ),
                (
                    "clip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="videos.clip",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "objective",
                    models.CharField(
                        choices=[
                            ("reach", "Be seen by many"),
                            ("views", "Be watched"),
                            ("clicks", "Be followed up"),
                        ],
                        max_length=8,
                    ),
                ),
                ("budget_minor", models.BigIntegerField(null=True)),
                ("daily_minor", models.BigIntegerField(null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("zone", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField()),
                ("paused_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
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
        migrations.AddField(
            model_name="adgroup",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="groups",
                to="ads.campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="ad",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("call", "visit"), ("product", None)),
                    ("product__isnull", False),
                    _connector="OR",
                ),
                name="ad_leads_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="adverdict",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_approved", True), ("reason", "")),
                    models.Q(("is_approved", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ad_verdict_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="advertiser",
            constraint=models.CheckConstraint(
                condition=models.Q(("merchant", None), ("person", None), _connector="OR"),
                name="advertiser_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="advertiser",
            constraint=models.CheckConstraint(
                condition=models.Q(("daily_minor", None), ("daily_minor__gt", 0), _connector="OR"),
                name="advertiser_daily",
            ),
        ),
        migrations.AddConstraint(
            model_name="admember",
            constraint=models.UniqueConstraint(
                fields=("advertiser", "person"), name="ad_member_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("clip", "advertiser"),
                name="authorised_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("advertiser", None), ("taken_at", None)),
                    models.Q(("advertiser__isnull", False), ("taken_at__isnull", False)),
                    _connector="OR",
                ),
                name="authorised_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revoked_at", None), ("revoked_at__gte", models.F("given_at")), _connector="OR"
                ),
                name="authorised_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("budget_minor__isnull", False), ("daily_minor__isnull", False), _connector="OR"
                ),
                name="campaign_has_budget",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("budget_minor", None), ("budget_minor__gt", 0), _connector="OR"),
                    models.Q(("daily_minor", None), ("daily_minor__gt", 0), _connector="OR"),
                ),
                name="campaign_budget_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                ),
                name="campaign_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="adgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bid_micros", None),
                    models.Q(("bid_micros__gt", 0), ("bid_micros__lte", 9000000000)),
                    _connector="OR",
                ),
                name="ad_group_bid",
            ),
        ),
        migrations.AddConstraint(
            model_name="adgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ages__contained_by", ["18-24", "25-34", "35-44", "45-54", "55+"])
                ),
                name="ad_group_ages_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="adgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_shown__range", (1, 20)), ("within_days__range", (1, 30))),
                name="ad_group_cap",
            ),
        ),
        *(HomeCell(model) for model in TABLES),
        frozen("ads_campaign", "advertiser_id", "objective", "zone", "made_at"),
        frozen("ads_adgroup", "campaign_id"),
        frozen("ads_ad", "group_id", "clip_id", "product_id", "call", "by_id", "made_at"),
        frozen("ads_authorisation", "clip_id", "given_at"),
        RunSQL(TAKEN_UP_ONCE, "DROP TRIGGER ads_authorisation_taken ON ads_authorisation;"),
        append_only("ads_adverdict"),
        *(
            guard(f"ads_{table}")
            for table in ("campaign", "adgroup", "ad", "authorisation")
            for guard in (never_deleted, never_emptied)
        ),
        never_emptied("ads_adverdict"),
        RunSQL(
            NOT_BY_ITS_OWN,
            "DROP TRIGGER ads_adverdict_by_others ON ads_adverdict;"
            "DROP FUNCTION ads_verdict_by_others();",
        ),
    ]
