"""Wallets, and the deposits that fill them: none holds more than was paid, nor spends more."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen, lifted, never_deleted, never_emptied, steps

DEPOSIT = """
    IF NEW.reason_kind = 'deposit' THEN
        IF NOT EXISTS (
            SELECT FROM (
                SELECT w.public_id AS wallet, d.provider, m.taxes,
                    CASE m.kind WHEN 'capture' THEN 1 ELSE -1 END AS way,
                    CASE m.kind WHEN 'capture' THEN -1 ELSE 1 END * m.amount_minor AS at_provider,
                    CASE m.kind WHEN 'capture' THEN 1 ELSE -1 END * (m.amount_minor - m.tax_minor)
                        AS in_wallet
                FROM orders_depositmove m JOIN orders_deposit d ON d.id = m.deposit_id
                JOIN orders_wallet w ON w.id = d.wallet_id
                WHERE m.key = NEW.key AND m.public_id = NEW.reason_id AND m.state = 'done'
                    AND m.kind IN ('capture', 'refund')
                UNION ALL
                SELECT w.public_id, d.provider, '[]'::jsonb, 1, x.amount_minor + x.fee_minor,
                    -x.from_wallet_minor
                FROM orders_depositdispute x JOIN orders_deposit d ON d.id = x.deposit_id
                JOIN orders_wallet w ON w.id = d.wallet_id
                WHERE NEW.key = 'dispute:' || x.public_id AND x.public_id = NEW.reason_id
                    AND x.state = 'lost'
            ) AS row
            WHERE row.at_provider = (SELECT coalesce(sum(s.amount_minor), 0)
                    FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
                    WHERE s.transfer_id = NEW.id AND a.code = 'provider:' || row.provider)
                AND row.in_wallet = (SELECT coalesce(sum(s.amount_minor), 0)
                    FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
                    WHERE s.transfer_id = NEW.id
                        AND a.code = 'advertiser:' || row.wallet || ':wallet')
                AND NOT EXISTS (SELECT FROM
                    jsonb_to_recordset(row.taxes) AS x (authority text, amount_minor bigint)
                    FULL JOIN (SELECT substr(a.code, 5) AS authority, s.amount_minor
                        FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
                        WHERE s.transfer_id = NEW.id AND a.code LIKE 'tax:%') AS l USING (authority)
                    WHERE row.way * x.amount_minor IS DISTINCT FROM l.amount_minor)) THEN
            RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END IF;
"""
REASON = f"""
DO $do$ BEGIN EXECUTE regexp_replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    E'\\nBEGIN\\n', E'\\nBEGIN' || $branch${DEPOSIT}$branch$
); END $do$;
"""
"""In the function as it stands, which has branches of other migrations: see 0035_stranded."""
NO_REASON = f"""
DO $do$ BEGIN EXECUTE replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    $branch${DEPOSIT}$branch$, E'\\n'
); END $do$;
"""
FUNDED = """
CREATE FUNCTION orders_wallet_is_funded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_wallet bigint;
BEGIN
    the_wallet := CASE TG_TABLE_NAME WHEN 'orders_wallet' THEN (to_jsonb(NEW) ->> 'id')::bigint
        ELSE (SELECT wallet_id FROM orders_deposit
            WHERE id = (to_jsonb(NEW) ->> 'deposit_id')::bigint) END;
    IF EXISTS (SELECT FROM orders_wallet w WHERE w.id = the_wallet AND w.put_minor <>
        (SELECT coalesce(sum(CASE m.kind WHEN 'capture' THEN 1 ELSE -1 END
                * (m.amount_minor - m.tax_minor)), 0)
            FROM orders_depositmove m JOIN orders_deposit d ON d.id = m.deposit_id
            WHERE d.wallet_id = w.id AND (m.kind = 'capture' AND m.state = 'done'
                OR m.kind = 'refund' AND m.state <> 'refused'))
        - (SELECT coalesce(sum(x.from_wallet_minor), 0)
            FROM orders_depositdispute x JOIN orders_deposit d ON d.id = x.deposit_id
            WHERE d.wallet_id = w.id AND x.state <> 'won')) THEN
        RAISE EXCEPTION 'the wallet % does not hold what was put in', the_wallet
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_wallet_funded AFTER INSERT OR UPDATE OF put_minor
    ON orders_wallet DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION orders_wallet_is_funded();
CREATE CONSTRAINT TRIGGER orders_depositmove_funds AFTER INSERT OR UPDATE ON orders_depositmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_wallet_is_funded();
CREATE CONSTRAINT TRIGGER orders_depositdispute_funds AFTER INSERT OR UPDATE
    ON orders_depositdispute DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION orders_wallet_is_funded();
CREATE FUNCTION orders_deposit_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_deposit bigint;
    deposit record;
BEGIN
    the_deposit := (to_jsonb(NEW)
        ->> CASE TG_TABLE_NAME WHEN 'orders_deposit' THEN 'id' ELSE 'deposit_id' END)::bigint;
    SELECT d.state, d.amount_minor, d.tax_minor,
        (SELECT coalesce(sum(x.amount_minor), 0)
            FROM jsonb_to_recordset(d.taxes) AS x (amount_minor bigint)) AS taxes,
        count(m.id) FILTER (WHERE m.kind = 'capture' AND m.state = 'done') AS taken,
        count(m.id) FILTER (WHERE m.kind = 'capture' AND m.state = 'done'
            AND m.amount_minor = d.amount_minor + d.tax_minor AND m.taxes = d.taxes) AS whole,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.kind = 'refund' AND m.state <> 'refused'), 0)
            AS back,
        coalesce(sum(m.tax_minor) FILTER (WHERE m.kind = 'refund' AND m.state <> 'refused'), 0)
            AS tax_back,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.kind = 'refund' AND m.state = 'done'), 0)
            AS given,
        count(m.id) FILTER (WHERE m.tax_minor <> (SELECT coalesce(sum(x.amount_minor), 0)
            FROM jsonb_to_recordset(m.taxes) AS x (amount_minor bigint))) AS uneven,
        count(m.id) FILTER (WHERE m.kind <> 'void' AND m.state = 'done' AND (m.number IS NULL
            OR NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.key = m.key)
            OR m.number > 1 AND NOT EXISTS (SELECT FROM orders_depositmove b
                WHERE b.kind = m.kind AND b.number = m.number - 1))) AS unposted
    INTO deposit
    FROM orders_deposit d LEFT JOIN orders_depositmove m ON m.deposit_id = d.id
    WHERE d.id = the_deposit GROUP BY d.id;
    IF deposit.taxes <> deposit.tax_minor OR deposit.uneven > 0 OR deposit.unposted > 0
        OR deposit.taken <> (deposit.state IN ('paid', 'refunded'))::int
        OR deposit.whole <> deposit.taken
        OR deposit.back - deposit.tax_back > deposit.taken * deposit.amount_minor
        OR deposit.tax_back > deposit.taken * deposit.tax_minor
        OR (deposit.state = 'refunded')
            <> (deposit.given = deposit.amount_minor + deposit.tax_minor)
        OR EXISTS (SELECT FROM orders_depositdispute x WHERE x.deposit_id = the_deposit
            AND (x.state = 'lost') <> EXISTS (SELECT FROM ledger_transfer t
                WHERE t.key = 'dispute:' || x.public_id)) THEN
        RAISE EXCEPTION 'the deposit % is not what was paid for it', the_deposit
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_deposit_paid AFTER INSERT OR UPDATE ON orders_deposit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_deposit_is_paid();
CREATE CONSTRAINT TRIGGER orders_depositmove_paid AFTER INSERT OR UPDATE ON orders_depositmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_deposit_is_paid();
CREATE CONSTRAINT TRIGGER orders_depositdispute_paid AFTER INSERT OR UPDATE
    ON orders_depositdispute DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION orders_deposit_is_paid();
"""
NOT_FUNDED = """
DROP TRIGGER orders_depositdispute_paid ON orders_depositdispute;
DROP TRIGGER orders_depositmove_paid ON orders_depositmove;
DROP TRIGGER orders_deposit_paid ON orders_deposit;
DROP FUNCTION orders_deposit_is_paid();
DROP TRIGGER orders_depositdispute_funds ON orders_depositdispute;
DROP TRIGGER orders_depositmove_funds ON orders_depositmove;
DROP TRIGGER orders_wallet_funded ON orders_wallet;
DROP FUNCTION orders_wallet_is_funded();
"""
TABLES = ("wallet", "deposit", "depositmove", "depositdispute")
ENDS = ("authorised", "declined", "abandoned")
STRANDED = ("move_id", "provider", "currency", "amount_minor", "reason", "at", "card_move_id")


class Migration(migrations.Migration):
    """Create them, and hold each wallet to what was paid into it."""

    dependencies = [
        ("orders", "0044_due_receipts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deposit",
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
                ("key", models.CharField(max_length=80, unique=True)),
                ("digest", models.BinaryField(max_length=32)),
                ("email", models.EmailField(max_length=254)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("provider", models.CharField(max_length=20)),
                ("charge_key", models.CharField(max_length=80, unique=True)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("method_token", models.CharField(blank=True, max_length=100)),
                ("method_label", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("challenge", "Challenge"),
                            ("unknown", "Unknown"),
                            ("authorised", "Authorised"),
                            ("paid", "Paid"),
                            ("refunded", "Refunded"),
                            ("declined", "Declined"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("decline_reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("polled_at", models.DateTimeField(null=True)),
                ("payer_name", models.CharField(blank=True, max_length=160)),
                ("region", models.CharField(blank=True, max_length=3)),
                ("tax_minor", models.BigIntegerField()),
                ("taxes", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="DepositDispute",
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
                ("reference", models.CharField(max_length=100)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("needs_response", "Needs an answer"),
                            ("under_review", "Under review"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        max_length=14,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("from_wallet_minor", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="DepositMove",
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
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("capture", "Capture"), ("void", "Void"), ("refund", "Refund")],
                        max_length=8,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("done", "Done"), ("refused", "Refused")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("tax_minor", models.BigIntegerField()),
                ("taxes", models.JSONField(default=list)),
                ("number", models.PositiveIntegerField(null=True)),
                ("request", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Wallet",
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
                ("currency", models.CharField(max_length=3)),
                ("put_minor", models.BigIntegerField(default=0)),
                ("held_micros", models.BigIntegerField(default=0)),
                ("spent_micros", models.BigIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="strandedrefund",
            name="stranded_of_one",
        ),
        migrations.AddField(
            model_name="deposit",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="depositdispute",
            name="deposit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="orders.deposit",
            ),
        ),
        migrations.AddField(
            model_name="depositmove",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="depositmove",
            name="deposit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="orders.deposit",
            ),
        ),
        migrations.AddField(
            model_name="strandedrefund",
            name="deposit_move",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stranded",
                to="orders.depositmove",
            ),
        ),
        migrations.AddConstraint(
            model_name="strandedrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("card_move", None), ("deposit_move", None), ("move__isnull", False)),
                    models.Q(("card_move__isnull", False), ("deposit_move", None), ("move", None)),
                    models.Q(("card_move", None), ("deposit_move__isnull", False), ("move", None)),
                    _connector="OR",
                ),
                name="stranded_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_micros__gte", 0),
                    ("spent_micros__gte", 0),
                    (
                        "held_micros__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("put_minor"), "*", models.Value(10000)
                            ),
                            "-",
                            models.F("spent_micros"),
                        ),
                    ),
                ),
                name="wallet_never_overspent",
            ),
        ),
        migrations.AddField(
            model_name="deposit",
            name="wallet",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deposits",
                to="orders.wallet",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositdispute",
            constraint=models.UniqueConstraint(
                fields=("provider", "reference"), name="deposit_dispute_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositdispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("fee_minor__gte", 0),
                    ("from_wallet_minor__gte", 0),
                    ("from_wallet_minor__lte", models.F("amount_minor")),
                ),
                name="deposit_dispute_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositdispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at", None), ("state__in", ["needs_response", "under_review"])
                    ),
                    models.Q(("closed_at__isnull", False), ("state__in", ["won", "lost"])),
                    _connector="OR",
                ),
                name="deposit_dispute_state",
            ),
        ),
        migrations.AddIndex(
            model_name="depositmove",
            index=models.Index(
                condition=models.Q(("state", "asked")),
                fields=["asked_at"],
                name="deposit_move_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", models.F("tax_minor")), ("tax_minor__gte", 0)
                ),
                name="deposit_move_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("state", "asked")),
                    models.Q(("settled_at__isnull", False), ("state__in", ["done", "refused"])),
                    _connector="OR",
                ),
                name="deposit_move_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", None),
                    models.Q(
                        ("kind__in", ["capture", "refund"]), ("number__gt", 0), ("state", "done")
                    ),
                    _connector="OR",
                ),
                name="deposit_move_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositmove",
            constraint=models.UniqueConstraint(
                fields=("kind", "number"), name="deposit_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositmove",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("kind", "refund"), _negated=True),
                    models.Q(("state", "refused"), _negated=True),
                ),
                fields=("deposit", "kind"),
                name="deposit_move_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositmove",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request", ""), _negated=True),
                fields=("deposit", "request"),
                name="deposit_asked_back_once",
            ),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(
                condition=models.Q(("state__in", ["started", "challenge", "unknown"])),
                fields=["created_at"],
                name="deposit_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(fields=["provider", "reference"], name="deposit_reference"),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0), ("tax_minor__gte", 0)),
                name="deposit_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("settled_at", None), ("state__in", ["started", "challenge", "unknown"])
                    ),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("state__in", ["authorised", "paid", "refunded", "declined", "abandoned"]),
                    ),
                    _connector="OR",
                ),
                name="deposit_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_at__isnull", False), ("state__in", ["paid", "refunded"])),
                    models.Q(
                        models.Q(("state__in", ["paid", "refunded"]), _negated=True),
                        ("paid_at", None),
                    ),
                    _connector="OR",
                ),
                name="deposit_paid",
            ),
        ),
        *(HomeCell(model) for model in TABLES),
        migrations.RunSQL(FUNDED, NOT_FUNDED),
        migrations.RunSQL(REASON, NO_REASON),
        lifted(frozen("orders_strandedrefund", *STRANDED)),
        frozen("orders_strandedrefund", *STRANDED, "deposit_move_id"),
        frozen("orders_wallet", "public_id", "currency", "opened_at"),
        frozen(
            "orders_deposit",
            *("key", "digest", "wallet_id", "by_id", "payer_name", "region", "amount_minor"),
            *("tax_minor", "taxes", "currency", "provider", "charge_key", "created_at"),
        ),
        frozen(
            "orders_depositmove",
            *("deposit_id", "key", "kind", "amount_minor", "tax_minor", "taxes", "request"),
        ),
        frozen("orders_depositdispute", "deposit_id", "provider", "reference", "amount_minor"),
        steps(
            "orders_deposit",
            "state",
            {
                "started": ["challenge", "unknown", *ENDS],
                "challenge": ["unknown", *ENDS],
                "unknown": ["challenge", *ENDS],
                "authorised": ["paid", "declined"],
                "paid": ["refunded"],
            },
        ),
        steps("orders_depositmove", "state", {"asked": ["done", "refused"]}),
        steps(
            "orders_depositdispute",
            "state",
            {
                "needs_response": ["under_review", "won", "lost"],
                "under_review": ["needs_response", "won", "lost"],
            },
        ),
        *(guard(f"orders_{table}") for table in TABLES for guard in (never_deleted, never_emptied)),
    ]
