"""Gift cards and store credit: what they hold adds up, and is spent once, whoever is quickest."""

from collections.abc import Iterable

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import (
    append_only,
    frozen,
    lifted,
    never_deleted,
    never_emptied,
    steps,
)

ORDER = (
    *("group_id", "merchant_id", "goods_minor", "delivery_minor", "tax_minor"),
    *("tax_included", "total_minor", "fee_minor", "discount_minor", "discount_platform_minor"),
    "returns_days",
)
PAYMENT = ("group_id", "provider", "key", "amount_minor")
MOVE = ("payment_id", "order_id", "key", "kind", "amount_minor")

CHANGES = (
    ("    taken bigint;\n", "    taken bigint;\n    stored bigint;\n"),
    (
        "\nBEGIN\n",
        """
BEGIN
    IF NEW.reason_kind = 'purse' THEN
        IF NOT EXISTS (SELECT 1 FROM orders_pursestep s JOIN orders_purse p ON p.id = s.purse_id
                WHERE s.key = NEW.key AND p.public_id = NEW.reason_id AND s.move_id IS NULL) THEN
            RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END IF;
""",
    ),
    (
        """
        CASE m.kind WHEN 'capture' THEN -m.amount_minor ELSE m.amount_minor END AS leg_minor
""",
        """
        CASE m.kind WHEN 'capture' THEN -1 ELSE 1 END * (m.amount_minor - m.stored_minor)
            AS leg_minor,
        CASE m.kind WHEN 'capture' THEN -1 ELSE 1 END * m.stored_minor AS stored_minor
""",
    ),
    (
        """
    SELECT sum(s.amount_minor) INTO taken
    FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
    WHERE s.transfer_id = NEW.id AND a.code = 'provider:' || move.provider;
    IF coalesce(taken, 0) <> move.leg_minor THEN
""",
        """
    SELECT sum(s.amount_minor) FILTER (WHERE a.code = 'provider:' || move.provider),
        sum(s.amount_minor) FILTER (WHERE a.code LIKE 'card:%' OR a.code LIKE 'credit:%')
    INTO taken, stored
    FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
    WHERE s.transfer_id = NEW.id;
    IF coalesce(taken, 0) <> move.leg_minor OR coalesce(stored, 0) <> move.stored_minor THEN
""",
    ),
)
"""What changes in the function that knows the reasons of money, as it stands: it has branches of
other migrations. Each text is in it once."""


def _changed(changes: Iterable[tuple[str, str]]) -> str:
    """Return the statement that changes the function, or fails where it reads otherwise."""
    steps = "".join(
        f"""
    IF position($old${old}$old$ in said) = 0 THEN
        RAISE EXCEPTION 'orders_transfer_has_its_reason reads otherwise than expected';
    END IF;
    said := replace(said, $old${old}$old$, $new${new}$new$);"""
        for old, new in changes
    )
    return f"""
DO $do$ DECLARE
    said text := pg_get_functiondef('orders_transfer_has_its_reason'::regproc);
BEGIN{steps}
    EXECUTE said;
END $do$;
"""


REASON = _changed(CHANGES)
NO_REASON = _changed([(new, old) for old, new in CHANGES])

PAID = """
CREATE OR REPLACE FUNCTION orders_refund_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orders_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM (
        SELECT sum(amount_minor) FILTER (WHERE kind = 'refund' AND state <> 'refused') AS back,
            sum(amount_minor - stored_minor)
                FILTER (WHERE kind = 'refund' AND state <> 'refused') AS asked_back,
            coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture' AND state = 'done'), 0)
                AS paid,
            coalesce(sum(amount_minor - stored_minor)
                FILTER (WHERE kind = 'capture' AND state = 'done'), 0) AS asked
        FROM orders_paymentmove WHERE order_id = NEW.order_id
    ) AS m WHERE m.back > m.paid OR m.asked_back > m.asked) THEN
        RAISE EXCEPTION 'more of order % is given back than was paid', NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

PAID_BEFORE = """
CREATE OR REPLACE FUNCTION orders_refund_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orders_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    IF (SELECT coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund' AND state <> 'refused'), 0)
            > coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture' AND state = 'done'), 0)
        FROM orders_paymentmove WHERE order_id = NEW.order_id) THEN
        RAISE EXCEPTION 'more of order % is given back than was paid', NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

PURSES = """
CREATE FUNCTION orders_purse_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_purse bigint;
BEGIN
    the_purse := (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'orders_purse' THEN 'id'
        ELSE 'purse_id' END)::bigint;
    IF NOT EXISTS (
        SELECT 1 FROM orders_purse p WHERE p.id = the_purse
        AND (p.put_minor, p.spent_minor) = (
            SELECT coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0),
                coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)
            FROM orders_pursestep WHERE purse_id = p.id)
        AND p.held_minor = (SELECT coalesce(sum(amount_minor), 0) FROM orders_tender
            WHERE purse_id = p.id AND state = 'held')
    ) THEN
        RAISE EXCEPTION 'purse % is not the sum of its steps and tenders', the_purse
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_purse_adds_up
    AFTER INSERT OR UPDATE OF put_minor, held_minor, spent_minor ON orders_purse
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_purse_adds_up();
CREATE CONSTRAINT TRIGGER orders_pursestep_adds_up AFTER INSERT ON orders_pursestep
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_purse_adds_up();
CREATE CONSTRAINT TRIGGER orders_tender_adds_up AFTER INSERT OR UPDATE OF state ON orders_tender
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_purse_adds_up();
CREATE FUNCTION orders_pursestep_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount_minor IS DISTINCT FROM (
        SELECT sum(l.amount_minor) FROM orders_purse p
        JOIN ledger_account a ON a.code = p.kind || ':' || p.public_id
        JOIN ledger_posting l ON l.account_id = a.id
        JOIN ledger_transfer t ON t.id = l.transfer_id AND t.key = coalesce(
            (SELECT key FROM orders_paymentmove WHERE id = NEW.move_id), NEW.key)
        WHERE p.id = NEW.purse_id
    ) THEN
        RAISE EXCEPTION 'step % was not posted', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_pursestep_posted AFTER INSERT ON orders_pursestep
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_pursestep_is_posted();
CREATE FUNCTION orders_order_is_tendered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_order bigint;
BEGIN
    the_order := (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'orders_order' THEN 'id'
        ELSE 'order_id' END)::bigint;
    IF NOT EXISTS (
        SELECT 1 FROM orders_order o JOIN orders_payment p ON p.group_id = o.group_id
        WHERE o.id = the_order
        AND o.stored_minor = (SELECT sum(amount_minor) FROM orders_tender WHERE order_id = o.id)
        AND p.stored_minor = (SELECT sum(stored_minor) FROM orders_order
            WHERE group_id = o.group_id)
    ) THEN
        RAISE EXCEPTION 'order % is not paid by its tenders', the_order
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_order_tendered AFTER INSERT ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.stored_minor > 0)
    EXECUTE FUNCTION orders_order_is_tendered();
CREATE CONSTRAINT TRIGGER orders_tender_tendered AFTER INSERT ON orders_tender
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_order_is_tendered();
"""
NO_PURSES = """
DROP TRIGGER orders_tender_tendered ON orders_tender;
DROP TRIGGER orders_order_tendered ON orders_order;
DROP FUNCTION orders_order_is_tendered();
DROP TRIGGER orders_pursestep_posted ON orders_pursestep;
DROP FUNCTION orders_pursestep_is_posted();
DROP TRIGGER orders_tender_adds_up ON orders_tender;
DROP TRIGGER orders_pursestep_adds_up ON orders_pursestep;
DROP TRIGGER orders_purse_adds_up ON orders_purse;
DROP FUNCTION orders_purse_adds_up();
"""


class Migration(migrations.Migration):
    """Create them, with what the database refuses."""

    dependencies = [
        ("catalog", "0018_prices_to_come"),
        ("ledger", "0004_chain"),
        ("orders", "0036_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Purse",
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
                    "kind",
                    models.CharField(
                        choices=[("card", "Gift card"), ("credit", "Store credit")], max_length=6
                    ),
                ),
                ("code_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("code_end", models.CharField(blank=True, max_length=4)),
                ("currency", models.CharField(max_length=3)),
                ("put_minor", models.BigIntegerField(default=0)),
                ("held_minor", models.BigIntegerField(default=0)),
                ("spent_minor", models.BigIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=120)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["merchant", "-id"], name="purse_of_merchant")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_minor__gte", 0),
                            ("spent_minor__gte", 0),
                            (
                                "put_minor__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("spent_minor"), "+", models.F("held_minor")
                                ),
                            ),
                        ),
                        name="purse_never_overspent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("code_digest__isnull", False), ("kind", "card"), ("person", None)
                            ),
                            models.Q(
                                ("code_digest", None),
                                ("expires_at", None),
                                ("kind", "credit"),
                                ("person__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="purse_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "credit")),
                        fields=("person", "merchant"),
                        name="purse_one_credit_each",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurseStep",
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
                ("key", models.CharField(max_length=120, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issued", "Issued"),
                            ("granted", "Given by the shop"),
                            ("bought", "Bought"),
                            ("spent", "Spent"),
                            ("refunded", "Given back"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purse_steps",
                        to="orders.paymentmove",
                    ),
                ),
                (
                    "purse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="orders.purse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_minor__lt", 0), ("kind", "spent"), ("move__isnull", False)
                            ),
                            models.Q(
                                ("amount_minor__gt", 0),
                                ("kind", "refunded"),
                                ("move__isnull", False),
                            ),
                            models.Q(
                                ("amount_minor__gt", 0),
                                ("kind__in", ["issued", "granted", "bought"]),
                                ("move", None),
                            ),
                            _connector="OR",
                        ),
                        name="purse_step_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tender",
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
                ("amount_minor", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "Held"), ("taken", "Taken"), ("let_go", "Let Go")],
                        default="held",
                        max_length=6,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenders",
                        to="orders.order",
                    ),
                ),
                (
                    "purse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenders",
                        to="orders.purse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("order", "purse"), name="tender_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="tender_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "held")),
                            models.Q(
                                ("ended_at__isnull", False), ("state__in", ["taken", "let_go"])
                            ),
                            _connector="OR",
                        ),
                        name="tender_state",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="purse",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.purse",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="credit",
            field=models.CharField(
                blank=True,
                choices=[
                    ("shop", "Credit to spend at this shop"),
                    ("all", "Credit to spend at every shop here"),
                ],
                db_default="",
                default="",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="stored_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stored_minor__gte", 0), ("stored_minor__lte", models.F("total_minor"))
                ),
                name="order_stored",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="stored_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stored_minor__gte", 0), ("stored_minor__lte", models.F("amount_minor"))
                ),
                name="payment_stored",
            ),
        ),
        migrations.AddField(
            model_name="paymentmove",
            name="stored_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="paymentmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stored_minor__gte", 0), ("stored_minor__lte", models.F("amount_minor"))
                ),
                name="move_stored",
            ),
        ),
        *(HomeCell(model) for model in ("purse", "pursestep", "tender")),
        migrations.RunSQL(REASON, NO_REASON),
        migrations.RunSQL(PAID, PAID_BEFORE),
        migrations.RunSQL(PURSES, NO_PURSES),
        lifted(frozen("orders_order", *ORDER)),
        lifted(frozen("orders_payment", *PAYMENT)),
        lifted(frozen("orders_paymentmove", *MOVE)),
        frozen("orders_order", *ORDER, "stored_minor"),
        frozen("orders_payment", *PAYMENT, "stored_minor"),
        frozen("orders_paymentmove", *MOVE, "stored_minor"),
        frozen("orders_purse", "kind", "merchant_id", "person_id", "currency", "issued_at"),
        frozen("orders_tender", "order_id", "purse_id", "amount_minor"),
        steps("orders_tender", "state", {"held": ["taken", "let_go"]}),
        append_only("orders_pursestep"),
        *(
            guard(f"orders_{table}")
            for table in ("purse", "tender")
            for guard in (never_deleted, never_emptied)
        ),
        never_emptied("orders_pursestep"),
    ]
