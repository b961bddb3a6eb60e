"""What of ads counts for nothing: refused by ad, found later, taken back by hand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, frozen, never_emptied

DUE = """
CREATE FUNCTION ads_reversal_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ads_charge c JOIN ads_lease l ON l.id = c.lease_id
        WHERE c.id = NEW.charge_id AND l.closed_at IS NOT NULL
            AND (NEW.recall_id IS NULL OR EXISTS (
                SELECT FROM ads_recall r WHERE r.id = NEW.recall_id AND r.ad_id = c.ad_id
                    AND c.at >= r.billed_from AND c.at < r.billed_until))
    ) THEN
        RAISE EXCEPTION 'a reversal is of a charge that is spent, and of its recall''s ad and time'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_reversal_is_due BEFORE INSERT ON ads_reversal
    FOR EACH ROW EXECUTE FUNCTION ads_reversal_is_due();
CREATE FUNCTION ads_reversal_frees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ads_budget AS budget SET spent_micros = budget.spent_micros - back.micros
    FROM (
        SELECT l.life_id, sum(c.price_micros) AS micros
        FROM added JOIN ads_charge c ON c.id = added.charge_id JOIN ads_lease l ON l.id = c.lease_id
        GROUP BY 1
    ) AS back
    WHERE budget.id = back.life_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ads_reversal_frees AFTER INSERT ON ads_reversal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ads_reversal_frees();
"""
NOT_DUE = """
DROP TRIGGER ads_reversal_frees ON ads_reversal;
DROP FUNCTION ads_reversal_frees();
DROP TRIGGER ads_reversal_is_due ON ads_reversal;
DROP FUNCTION ads_reversal_is_due();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0009_withheld"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Origin",
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
                ("what", models.CharField(max_length=5)),
                ("device", models.BinaryField(max_length=8)),
                ("network", models.BinaryField(max_length=8)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Recall",
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
                ("billed_from", models.DateTimeField()),
                ("billed_until", models.DateTimeField()),
                ("words", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sifting",
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
                ("until_at", models.DateTimeField(unique=True)),
                ("charges", models.PositiveIntegerField()),
                ("reversed", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="disbelief",
            name="ad_disbelief_once",
        ),
        migrations.RemoveIndex(
            model_name="showing",
            name="ad_showing_by_viewer",
        ),
        migrations.AddField(
            model_name="disbelief",
            name="ad",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ads.ad",
            ),
        ),
        migrations.AddField(
            model_name="disbelief",
            name="what",
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddField(
            model_name="reversal",
            name="score",
            field=models.FloatField(null=True),
        ),
        migrations.AddIndex(
            model_name="showing",
            index=models.Index(fields=["viewer", "at"], name="ad_showing_of_viewer"),
        ),
        migrations.AddConstraint(
            model_name="disbelief",
            constraint=models.UniqueConstraint(
                fields=("day", "ad", "what", "reason"),
                name="ad_disbelief_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="origin",
            index=models.Index(fields=["at"], name="ad_origin_by_age"),
        ),
        migrations.AddConstraint(
            model_name="origin",
            constraint=models.UniqueConstraint(fields=("showing", "what"), name="ad_origin_once"),
        ),
        migrations.AddField(
            model_name="recall",
            name="ad",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="recalls", to="ads.ad"
            ),
        ),
        migrations.AddField(
            model_name="recall",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reversal",
            name="recall",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="ads.recall",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        ["flood", "device", "network", "rhythm", "haste", "too often", "hand"],
                    )
                ),
                name="ad_reversal_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", "hand"), ("recall__isnull", False), ("score", None)),
                    models.Q(
                        models.Q(("reason", "hand"), _negated=True),
                        ("recall", None),
                        ("score__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="ad_reversal_was_judged",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("billed_until__gt", models.F("billed_from")),
                    models.Q(("words", ""), _negated=True),
                ),
                name="ad_recall_says_what_and_why",
            ),
        ),
        *(HomeCell(model) for model in ("origin", "recall", "sifting")),
        append_only("ads_recall"),
        never_emptied("ads_recall"),
        frozen("ads_origin", "showing", "what", "device", "network", "at"),
        RunSQL(DUE, NOT_DUE),
    ]
