"""Providers' reports: what was told is frozen, and what they keep is posted for a reason."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen, never_deleted, never_emptied

FUNCTION = """
CREATE OR REPLACE FUNCTION orders_transfer_has_its_reason() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    move record;
    report record;
    taken bigint;
BEGIN
    -- costs
    SELECT p.provider,
        CASE m.kind WHEN 'capture' THEN -m.amount_minor ELSE m.amount_minor END AS leg_minor
    INTO move
    FROM orders_paymentmove m
    JOIN orders_payment p ON p.id = m.payment_id
    JOIN orders_order o ON o.id = m.order_id
    WHERE m.key = NEW.key AND m.state = 'done' AND (
        (m.kind = 'capture' AND NEW.reason_kind = 'order' AND NEW.reason_id = o.public_id)
        OR (m.kind = 'refund' AND NEW.reason_kind = 'refund' AND NEW.reason_id = m.public_id));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    SELECT sum(s.amount_minor) INTO taken
    FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
    WHERE s.transfer_id = NEW.id AND a.code = 'provider:' || move.provider;
    IF taken IS DISTINCT FROM move.leg_minor THEN
        RAISE EXCEPTION 'transfer % is not of the amount of its move', NEW.key
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
COSTS = """
    IF NEW.reason_kind = 'costs' THEN
        SELECT r.provider, r.costs_minor INTO report FROM orders_providerreport r
            WHERE r.public_id = NEW.reason_id AND NEW.key = 'costs:' || r.public_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
        END IF;
        SELECT sum(s.amount_minor) INTO taken
        FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
        WHERE s.transfer_id = NEW.id AND a.code = 'provider:' || report.provider;
        IF taken IS DISTINCT FROM report.costs_minor THEN
            RAISE EXCEPTION 'transfer % is not of the costs of its report', NEW.key
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END IF;
"""
"""What a provider keeps moves for a report. In the function, not beside it: triggers of packages
above name the kinds that it is not asked about, and this one need not be among them.
"""


class Migration(migrations.Migration):
    """Create them, and let money move for what a provider keeps."""

    dependencies = [
        ("ledger", "0004_chain"),
        ("orders", "0020_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderReport",
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
                ("provider", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("sha256", models.BinaryField(max_length=32)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("costs_minor", models.BigIntegerField(default=0)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
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
            name="ReportLine",
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
                ("provider", models.CharField(max_length=20)),
                ("row", models.PositiveIntegerField()),
                ("reference", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=10)),
                ("source", models.CharField(blank=True, max_length=100)),
                ("ours", models.CharField(blank=True, max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("happened_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("matched", "Matched"), ("differs", "Differs")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=500)),
                ("explained_at", models.DateTimeField(null=True)),
                (
                    "explained_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="all_lines",
                        to="orders.providerreport",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.transfer",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="providerreport",
            constraint=models.UniqueConstraint(fields=("provider", "sha256"), name="report_once"),
        ),
        migrations.AddIndex(
            model_name="reportline",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["provider", "id"],
                name="report_line_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.UniqueConstraint(
                fields=("provider", "reference"), name="report_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.UniqueConstraint(fields=("report", "row"), name="report_line_row"),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer__isnull", False)),
                fields=("transfer",),
                name="report_line_of_one_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "net_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount_minor"), "-", models.F("fee_minor")
                        ),
                    )
                ),
                name="report_line_sums",
            ),
        ),
        migrations.RunSQL(FUNCTION.replace("    -- costs\n", COSTS), FUNCTION),
        *(HomeCell(table) for table in ("providerreport", "reportline")),
        *(
            guard(f"orders_{table}")
            for table in ("providerreport", "reportline")
            for guard in (never_deleted, never_emptied)
        ),
        frozen("orders_providerreport", "provider", "sha256", "by_id"),
        frozen(
            "orders_reportline",
            *("report_id", "provider", "row", "reference", "kind", "source", "ours", "currency"),
            *("amount_minor", "fee_minor", "net_minor", "happened_at"),
        ),
    ]
