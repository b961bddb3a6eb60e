"""Refunds that buyers' banks send back are booked back, and owed until they are given."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen, never_deleted, never_emptied

STRANDED = """
    IF NEW.reason_kind = 'stranded' THEN
        IF NOT EXISTS (
            SELECT FROM orders_strandedrefund r JOIN ledger_posting s ON s.transfer_id = NEW.id
            JOIN ledger_account a ON a.id = s.account_id AND a.code = 'platform:owed:refunds'
            WHERE r.public_id = NEW.reason_id AND (
                NEW.key = 'stranded:' || r.public_id AND s.amount_minor = r.amount_minor
                OR NEW.key = 'given:' || r.public_id AND s.amount_minor = -r.amount_minor
                    AND r.given_at IS NOT NULL)) THEN
            RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END IF;
"""
REASON = f"""
DO $do$ BEGIN EXECUTE regexp_replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    E'\\nBEGIN\\n', E'\\nBEGIN' || $branch${STRANDED}$branch$
); END $do$;
"""
"""In the function as it stands, which has been written anew before: see 0021_reports."""
NO_REASON = f"""
DO $do$ BEGIN EXECUTE replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    $branch${STRANDED}$branch$, E'\\n'
); END $do$;
"""


class Migration(migrations.Migration):
    """Create them, and let money move for them."""

    dependencies = [
        ("ledger", "0004_chain"),
        ("orders", "0034_parcel_by_parcel"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StrandedRefund",
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
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("given_at", models.DateTimeField(null=True)),
                ("how", models.CharField(blank=True, max_length=200)),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stranded",
                        to="orders.paymentmove",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            models.Q(
                                models.Q(("given_at", None), ("given_by", None), ("how", "")),
                                models.Q(
                                    ("given_at__isnull", False),
                                    ("given_by__isnull", False),
                                    models.Q(("how", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="stranded_until_given",
                    ),
                ],
            },
        ),
        HomeCell("strandedrefund"),
        never_deleted("orders_strandedrefund"),
        never_emptied("orders_strandedrefund"),
        frozen(
            "orders_strandedrefund",
            *("move_id", "provider", "currency", "amount_minor", "reason", "at"),
        ),
        migrations.RunSQL(REASON, NO_REASON),
    ]
