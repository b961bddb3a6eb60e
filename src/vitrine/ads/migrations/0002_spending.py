"""What ads may cost, what processes hold of it, and what was billed."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, frozen, never_deleted, never_emptied

TABLES = ("budget", "lease", "charge", "response", "reversal", "disbelief")
SPENDS = """
CREATE FUNCTION ads_charge_spends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    spent bigint;
BEGIN
    UPDATE ads_lease AS lease SET spent_micros = lease.spent_micros + billed.micros
    FROM (
        SELECT lease_id, campaign_id, sum(price_micros) AS micros FROM new GROUP BY 1, 2
    ) AS billed
    WHERE lease.id = billed.lease_id AND lease.campaign_id = billed.campaign_id
        AND lease.closed_at IS NULL;
    GET DIAGNOSTICS spent = ROW_COUNT;
    IF spent <> (SELECT count(*) FROM (SELECT DISTINCT lease_id, campaign_id FROM new) AS of) THEN
        RAISE EXCEPTION 'a charge is of an open lease of its campaign'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ads_charge_spends AFTER INSERT ON ads_charge
    REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION ads_charge_spends();
CREATE TRIGGER ads_lease_spent BEFORE UPDATE OF spent_micros ON ads_lease
    FOR EACH ROW
    WHEN (OLD.spent_micros IS DISTINCT FROM NEW.spent_micros AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION vitrine_refuse('charges alone spend it');
CREATE TRIGGER ads_lease_ends BEFORE UPDATE OF amount_micros, ended_at, closed_at ON ads_lease
    FOR EACH ROW
    WHEN (OLD.closed_at IS NOT NULL OR OLD.amount_micros < NEW.amount_micros)
    EXECUTE FUNCTION vitrine_refuse('it only shrinks, and what is closed stays so');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0001_initial"),
        ("orders", "0045_wallets"),
    ]

    operations = [
        migrations.AddField(
            model_name="advertiser",
            name="wallet",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.wallet"
            ),
        ),
        migrations.CreateModel(
            name="Budget",
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
                ("day", models.DateField(null=True)),
                ("limit_micros", models.BigIntegerField(null=True)),
                ("held_micros", models.BigIntegerField(default=0)),
                ("spent_micros", models.BigIntegerField(default=0)),
                (
                    "advertiser",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budgets",
                        to="ads.advertiser",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budgets",
                        to="ads.campaign",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Disbelief",
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
                ("reason", models.CharField(max_length=12)),
                ("reports", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "reason"), name="ad_disbelief_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lease",
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
                ("amount_micros", models.BigIntegerField()),
                ("spent_micros", models.BigIntegerField(default=0)),
                ("taken_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leases",
                        to="ads.campaign",
                    ),
                ),
                (
                    "common",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.budget",
                    ),
                ),
                (
                    "daily",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.budget",
                    ),
                ),
                (
                    "life",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ads.budget",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Charge",
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
                (
                    "billed",
                    models.CharField(choices=[("view", "View"), ("click", "Click")], max_length=5),
                ),
                ("price_micros", models.BigIntegerField()),
                ("day", models.DateField()),
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
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="ads.campaign",
                    ),
                ),
                (
                    "lease",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="ads.lease",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Response",
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
                ("showing", models.UUIDField()),
                (
                    "what",
                    models.CharField(choices=[("view", "View"), ("click", "Click")], max_length=5),
                ),
                ("day", models.DateField()),
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
            ],
        ),
        migrations.CreateModel(
            name="Reversal",
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
                ("reason", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "charge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="ads.charge",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("advertiser", None), ("campaign__isnull", False)),
                    models.Q(
                        ("advertiser__isnull", False), ("campaign", None), ("day__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="ad_budget_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("campaign__isnull", False)),
                fields=("campaign", "day"),
                name="ad_budget_of_campaign",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("advertiser__isnull", False)),
                fields=("advertiser", "day"),
                name="ad_budget_of_advertiser",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_micros__gte", 0),
                    ("spent_micros__gte", 0),
                    models.Q(
                        ("limit_micros", None),
                        (
                            "limit_micros__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("held_micros"), "+", models.F("spent_micros")
                            ),
                        ),
                        _connector="OR",
                    ),
                ),
                name="ad_budget_never_overspent",
            ),
        ),
        migrations.AddIndex(
            model_name="lease",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["until_at"], name="ad_lease_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="lease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("spent_micros__gte", 0), ("spent_micros__lte", models.F("amount_micros"))
                ),
                name="ad_lease_never_overspent",
            ),
        ),
        migrations.AddConstraint(
            model_name="lease",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at__gt", models.F("taken_at"))), name="ad_lease_has_time"
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["ad", "day"], name="ad_charge_by_day"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_micros__gte", 0)), name="ad_charge_price"
            ),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["ad", "day"], name="ad_response_by_day"),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.UniqueConstraint(fields=("showing", "what"), name="ad_response_once"),
        ),
        *(HomeCell(model) for model in TABLES),
        frozen("ads_advertiser", "wallet_id"),
        frozen("ads_budget", "advertiser_id", "campaign_id", "day"),
        frozen(
            "ads_lease", "campaign_id", "life_id", "daily_id", "common_id", "taken_at", "until_at"
        ),
        append_only("ads_charge"),
        append_only("ads_reversal"),
        frozen("ads_response", "showing", "ad_id", "what", "day", "at"),
        *(never_deleted(f"ads_{table}") for table in ("budget", "lease")),
        *(
            never_emptied(f"ads_{table}")
            for table in ("budget", "lease", "charge", "reversal", "response")
        ),
        RunSQL(
            SPENDS,
            "DROP TRIGGER ads_lease_ends ON ads_lease;"
            "DROP TRIGGER ads_lease_spent ON ads_lease;"
            "DROP TRIGGER ads_charge_spends ON ads_charge;"
            "DROP FUNCTION ads_charge_spends();",
        ),
    ]
