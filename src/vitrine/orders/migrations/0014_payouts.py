"""Payouts: when a sale matures, what is kept back, who is paid, and the guards of all of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, frozen, never_deleted, never_emptied, steps

REASON = """
CREATE FUNCTION orders_transfer_has_its_payout() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    moved bigint;
BEGIN
    SELECT amount_minor INTO wanted FROM (
        SELECT amount_minor FROM orders_release WHERE NEW.reason_kind = 'release'
            AND public_id = NEW.reason_id AND key = NEW.key AND released_at IS NOT NULL
        UNION ALL SELECT amount_minor FROM orders_holdback WHERE NEW.reason_kind = 'reserve'
            AND public_id = NEW.reason_id AND freed_at IS NOT NULL
        UNION ALL SELECT amount_minor FROM orders_payout WHERE NEW.reason_kind = 'payout'
            AND public_id = NEW.reason_id AND (key = NEW.key
                OR (NEW.key = 'paid:' || public_id AND paid_at IS NOT NULL)
                OR (NEW.key = 'bounced:' || public_id AND bounced_at IS NOT NULL))
        UNION ALL SELECT amount_minor + fee_minor FROM orders_clawback
            WHERE NEW.reason_kind = 'clawback' AND public_id = NEW.reason_id AND key = NEW.key
    ) AS reason;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    SELECT sum(amount_minor) INTO moved FROM ledger_posting
        WHERE transfer_id = NEW.id AND amount_minor > 0;
    IF moved IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'transfer % is not of the amount of its reason', NEW.key
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reason_kind NOT IN ('release', 'reserve', 'payout', 'clawback'))
    EXECUTE FUNCTION orders_transfer_has_its_reason();
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_payout AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reason_kind IN ('release', 'reserve', 'payout', 'clawback'))
    EXECUTE FUNCTION orders_transfer_has_its_payout();
"""
NO_REASON = """
DROP TRIGGER ledger_transfer_has_its_payout ON ledger_transfer;
DROP FUNCTION orders_transfer_has_its_payout();
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION orders_transfer_has_its_reason();
"""

POSTED = """
CREATE FUNCTION orders_payout_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE key = NEW.key)
        OR (NEW.paid_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE key = 'paid:' || NEW.public_id))
        OR (NEW.bounced_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE key = 'bounced:' || NEW.public_id))
    THEN
        RAISE EXCEPTION 'payout % was not posted', NEW.public_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_payout_posted AFTER INSERT OR UPDATE ON orders_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_payout_is_posted();
"""
UNPOSTED = """
DROP TRIGGER orders_payout_posted ON orders_payout;
DROP FUNCTION orders_payout_is_posted();
"""

PLANNED = """
INSERT INTO orders_release (public_id, home_cell, move_id, key, currency, due_at)
SELECT substr(m.public_id, 1, 3) || 'R' || substr(m.public_id, 5), m.home_cell, m.id,
    'release:' || m.key, g.currency, m.settled_at + interval '30 days'
FROM orders_paymentmove m JOIN orders_payment p ON p.id = m.payment_id
JOIN orders_ordergroup g ON g.id = p.group_id
WHERE m.kind = 'capture' AND m.state = 'done';
"""
"""What was sold before becomes available, too. Its public id is the move's with another beginning,
so that it is as unique."""

TABLES = (
    *("feetax", "release", "holdback", "payoutterms", "bankaccount"),
    *("payoutfile", "payout", "clawback"),
)
NEVER_DELETED = tuple(table for table in TABLES if table != "payoutterms")


class Migration(migrations.Migration):
    """Create them, and let money move for their reasons."""

    dependencies = [
        ("ledger", "0004_chain"),
        ("accounts", "__first__"),
        ("orders", "0013_counter"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
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
                ("payee_kind", models.CharField(max_length=10)),
                ("payee_id", models.CharField(max_length=29)),
                ("country", models.CharField(max_length=2)),
                ("method", models.CharField(default="file", max_length=20)),
                ("holder", models.CharField(max_length=60)),
                ("routing", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("usable_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("payee_kind", "payee_id"),
                        name="bank_account_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clawback",
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
                ("key", models.CharField(max_length=100, unique=True)),
                ("payee_kind", models.CharField(max_length=10)),
                ("payee_id", models.CharField(max_length=29)),
                ("provider", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)),
                        name="clawback_of_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeTax",
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
                ("authority", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=20)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee_taxes",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("order", "authority"), name="fee_tax_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="fee_tax_of_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutFile",
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
                ("number", models.PositiveIntegerField(unique=True)),
                ("format", models.CharField(max_length=10)),
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
            name="Payout",
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
                ("payee_kind", models.CharField(max_length=10)),
                ("payee_id", models.CharField(max_length=29)),
                ("key", models.CharField(max_length=100, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sent", "On its way"),
                            ("paid", "Paid"),
                            ("bounced", "Came back"),
                        ],
                        default="planned",
                        max_length=8,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("source", models.CharField(blank=True, max_length=100)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("planned_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("bounced_at", models.DateTimeField(null=True)),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="orders.bankaccount",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="orders.payoutfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["payee_kind", "payee_id", "-planned_at"], name="payout_newest_of"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["planned", "sent"])),
                        fields=["state", "sent_at"],
                        name="payout_unfinished",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payout_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("bounced_at", None),
                                ("paid_at", None),
                                ("sent_at", None),
                                ("state", "planned"),
                            ),
                            models.Q(
                                ("bounced_at", None),
                                ("paid_at", None),
                                ("sent_at__isnull", False),
                                ("state", "sent"),
                            ),
                            models.Q(
                                ("bounced_at", None),
                                ("paid_at__isnull", False),
                                ("sent_at__isnull", False),
                                ("state", "paid"),
                            ),
                            models.Q(("bounced_at__isnull", False), ("state", "bounced")),
                            _connector="OR",
                        ),
                        name="payout_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_at", None), ("source", "")),
                            models.Q(
                                ("paid_at__isnull", False), models.Q(("source", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="payout_paid_from_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutTerms",
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
                ("payee_kind", models.CharField(max_length=10)),
                ("payee_id", models.CharField(max_length=29)),
                (
                    "schedule",
                    models.CharField(
                        choices=[
                            ("daily", "Every day"),
                            ("weekly", "Every Monday"),
                            ("monthly", "On the first of each month"),
                        ],
                        default="weekly",
                        max_length=8,
                    ),
                ),
                ("minimum_minor", models.BigIntegerField(default=1000)),
                ("next_on", models.DateField()),
                ("return_days", models.PositiveSmallIntegerField(null=True)),
                ("reserve_percent", models.PositiveSmallIntegerField(null=True)),
                ("reserve_days", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["next_on"], name="payout_terms_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payee_kind", "payee_id"), name="payout_terms_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_minor__gte", 1),
                            ("schedule__in", ["daily", "weekly", "monthly"]),
                        ),
                        name="payout_terms_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reserve_percent", None),
                            ("reserve_percent__lte", 100),
                            _connector="OR",
                        ),
                        name="payout_reserve_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
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
                ("key", models.CharField(max_length=100, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("due_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release",
                        to="orders.paymentmove",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at", None)),
                        fields=["due_at"],
                        name="release_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_minor", None), ("released_at", None)),
                            models.Q(("amount_minor__gte", 0), ("released_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="release_of_what_is_left",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Holdback",
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
                ("payee_kind", models.CharField(max_length=10)),
                ("payee_id", models.CharField(max_length=29)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("until_at", models.DateTimeField()),
                ("freed_at", models.DateTimeField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdbacks",
                        to="orders.release",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("freed_at", None)),
                        fields=["until_at"],
                        name="holdback_held",
                    ),
                    models.Index(
                        condition=models.Q(("freed_at", None)),
                        fields=["payee_kind", "payee_id", "until_at"],
                        name="holdback_held_of",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "payee_kind", "payee_id"), name="holdback_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="holdback_of_something"
                    ),
                ],
            },
        ),
        migrations.RunSQL(REASON, NO_REASON),
        migrations.RunSQL(POSTED, UNPOSTED),
        *(HomeCell(table) for table in TABLES),
        *(
            guard(f"orders_{table}")
            for table in NEVER_DELETED
            for guard in (never_deleted, never_emptied)
        ),
        frozen("orders_feetax", "order_id", "authority", "amount_minor"),
        frozen("orders_release", "move_id", "key", "currency", "due_at"),
        frozen("orders_holdback", "release_id", "payee_id", "amount_minor", "until_at"),
        frozen(
            "orders_bankaccount",
            *("payee_kind", "payee_id", "holder", "routing", "number", "by_id", "usable_at"),
        ),
        frozen(
            "orders_payout",
            *("payee_kind", "payee_id", "key", "currency", "amount_minor", "bank_id"),
        ),
        append_only("orders_clawback"),
        append_only("orders_payoutfile"),
        steps(
            "orders_payout",
            "state",
            {"planned": ["sent", "bounced"], "sent": ["paid", "bounced"], "paid": ["bounced"]},
        ),
        migrations.RunSQL(PLANNED, migrations.RunSQL.noop),
    ]
