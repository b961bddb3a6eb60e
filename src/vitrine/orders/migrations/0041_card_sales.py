"""Gift cards that are bought: each is one paid sale, and its money is where its state says."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import frozen, never_deleted, never_emptied, steps

SOLD = """
CREATE FUNCTION orders_cardsale_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_sale bigint;
    sale record;
BEGIN
    the_sale := CASE TG_TABLE_NAME
        WHEN 'orders_cardsale' THEN (to_jsonb(NEW) ->> 'id')::bigint
        WHEN 'orders_cardmove' THEN (to_jsonb(NEW) ->> 'sale_id')::bigint
        ELSE (SELECT id FROM orders_cardsale
            WHERE purse_id = (to_jsonb(NEW) ->> 'purse_id')::bigint) END;
    SELECT s.id, s.state,
        count(*) FILTER (WHERE m.kind = 'capture') AS taken,
        count(*) FILTER (WHERE m.kind = 'capture' AND m.amount_minor = s.amount_minor
            AND p.kind = 'bought' AND p.amount_minor = m.amount_minor
            AND l.amount_minor = -m.amount_minor) AS issued,
        count(*) FILTER (WHERE m.kind = 'refund') AS given,
        count(*) FILTER (WHERE m.kind = 'refund' AND m.amount_minor = s.amount_minor
            AND p.kind = 'returned' AND p.amount_minor = -m.amount_minor
            AND l.amount_minor = m.amount_minor) AS returned,
        (SELECT count(*) FROM orders_pursestep x WHERE x.purse_id = s.purse_id
            AND x.kind IN ('issued', 'bought', 'granted')) AS filled
    INTO sale
    FROM orders_cardsale s
    LEFT JOIN orders_cardmove m ON m.sale_id = s.id AND m.state = 'done'
    LEFT JOIN orders_pursestep p ON p.key = m.key AND p.purse_id = s.purse_id
    LEFT JOIN ledger_transfer t ON t.key = m.key
    LEFT JOIN ledger_account a ON a.code = 'provider:' || s.provider AND a.currency = s.currency
    LEFT JOIN ledger_posting l ON l.transfer_id = t.id AND l.account_id = a.id
    WHERE s.id = the_sale GROUP BY s.id;
    IF NOT FOUND
        OR sale.taken <> (sale.state IN ('paid', 'refunded'))::int OR sale.issued <> sale.taken
        OR sale.given <> (sale.state = 'refunded')::int OR sale.returned <> sale.given
        OR sale.filled <> sale.taken THEN
        RAISE EXCEPTION 'the card of sale % is not what was paid for it', the_sale
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_cardsale_paid AFTER INSERT OR UPDATE ON orders_cardsale
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_cardsale_is_paid();
CREATE CONSTRAINT TRIGGER orders_cardmove_paid AFTER INSERT OR UPDATE ON orders_cardmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_cardsale_is_paid();
CREATE CONSTRAINT TRIGGER orders_pursestep_sold AFTER INSERT ON orders_pursestep
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind IN ('bought', 'returned'))
    EXECUTE FUNCTION orders_cardsale_is_paid();
CREATE FUNCTION orders_card_sold_by_one_that_sells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM catalog_merchant WHERE id = NEW.merchant_id
            AND approved_at IS NOT NULL AND suspended_at IS NULL) THEN
        RAISE EXCEPTION 'merchant % sells nothing', NEW.merchant_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_cardsale_by_one_that_sells BEFORE INSERT ON orders_cardsale
    FOR EACH ROW EXECUTE FUNCTION orders_card_sold_by_one_that_sells();
"""
NOT_SOLD = """
DROP TRIGGER orders_cardsale_by_one_that_sells ON orders_cardsale;
DROP FUNCTION orders_card_sold_by_one_that_sells();
DROP TRIGGER orders_pursestep_sold ON orders_pursestep;
DROP TRIGGER orders_cardmove_paid ON orders_cardmove;
DROP TRIGGER orders_cardsale_paid ON orders_cardsale;
DROP FUNCTION orders_cardsale_is_paid();
"""
TABLES = ("cardsale", "cardmove", "carddispute")
ENDS = ("authorised", "declined", "abandoned")


class Migration(migrations.Migration):
    """Create them, and hold each card to what was paid for it."""

    dependencies = [
        ("catalog", "0018_prices_to_come"),
        ("orders", "0040_tickets_of_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CardDispute",
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
                ("from_card_minor", models.BigIntegerField(default=0)),
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
            ],
        ),
        migrations.CreateModel(
            name="CardMove",
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
            ],
        ),
        migrations.CreateModel(
            name="CardOffer",
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
                ("amounts_minor", models.JSONField(default=list)),
                ("least_minor", models.BigIntegerField(null=True)),
                ("most_minor", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CardSale",
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
                ("link_token", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("to_email", models.EmailField(max_length=254)),
                ("from_name", models.CharField(blank=True, max_length=80)),
                ("message", models.TextField(blank=True, max_length=500)),
                ("send_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("letters", models.PositiveSmallIntegerField(default=0)),
                ("code_seed", models.BinaryField(max_length=32, null=True)),
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
            ],
        ),
        migrations.RemoveConstraint(
            model_name="pursestep",
            name="purse_step_kind",
        ),
        migrations.AlterField(
            model_name="pursestep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("issued", "Issued"),
                    ("granted", "Given by the shop"),
                    ("bought", "Bought"),
                    ("spent", "Spent"),
                    ("refunded", "Given back"),
                    ("returned", "Paid back to whoever bought the card"),
                    ("disputed", "Taken back by the buyer’s bank"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="pursestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_minor__lt", 0), ("kind", "spent"), ("move__isnull", False)),
                    models.Q(
                        ("amount_minor__gt", 0), ("kind", "refunded"), ("move__isnull", False)
                    ),
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("kind__in", ["issued", "granted", "bought"]),
                        ("move", None),
                    ),
                    models.Q(
                        ("amount_minor__lt", 0),
                        ("kind__in", ["returned", "disputed"]),
                        ("move", None),
                    ),
                    _connector="OR",
                ),
                name="purse_step_kind",
            ),
        ),
        migrations.AddField(
            model_name="cardoffer",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="cardoffer",
            name="merchant",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.merchant"
            ),
        ),
        migrations.AddField(
            model_name="cardsale",
            name="buyer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="cardsale",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.merchant"
            ),
        ),
        migrations.AddField(
            model_name="cardsale",
            name="purse",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sale",
                to="orders.purse",
            ),
        ),
        migrations.AddField(
            model_name="cardmove",
            name="sale",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="orders.cardsale",
            ),
        ),
        migrations.AddField(
            model_name="carddispute",
            name="sale",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="orders.cardsale",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("least_minor", None),
                        ("most_minor", None),
                        models.Q(("amounts_minor", []), _negated=True),
                    ),
                    models.Q(("least_minor__gt", 0), ("most_minor__gte", models.F("least_minor"))),
                    _connector="OR",
                ),
                name="card_offer_of_something",
            ),
        ),
        migrations.AddIndex(
            model_name="cardsale",
            index=models.Index(
                condition=models.Q(("state__in", ["started", "challenge", "unknown"])),
                fields=["created_at"],
                name="card_sale_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="cardsale",
            index=models.Index(
                condition=models.Q(("sent_at", None), ("state", "paid")),
                fields=["send_at"],
                name="card_sale_unsent",
            ),
        ),
        migrations.AddIndex(
            model_name="cardsale",
            index=models.Index(fields=["provider", "reference"], name="card_sale_reference"),
        ),
        migrations.AddConstraint(
            model_name="cardsale",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="card_sale_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardsale",
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
                name="card_sale_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardsale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("purse__isnull", False),
                        ("state__in", ["paid", "refunded"]),
                        ("paid_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state__in", ["paid", "refunded"]), _negated=True),
                        ("paid_at", None),
                        ("purse", None),
                        ("sent_at", None),
                    ),
                    _connector="OR",
                ),
                name="card_sale_has_its_card",
            ),
        ),
        migrations.AddIndex(
            model_name="cardmove",
            index=models.Index(
                condition=models.Q(("state", "asked")), fields=["asked_at"], name="card_move_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="card_move_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("state", "asked")),
                    models.Q(("settled_at__isnull", False), ("state__in", ["done", "refused"])),
                    _connector="OR",
                ),
                name="card_move_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardmove",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("sale", "kind"),
                name="card_move_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="carddispute",
            constraint=models.UniqueConstraint(
                fields=("provider", "reference"), name="card_dispute_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="carddispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("fee_minor__gte", 0),
                    ("from_card_minor__gte", 0),
                    ("from_card_minor__lte", models.F("amount_minor")),
                ),
                name="card_dispute_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="carddispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at", None), ("state__in", ["needs_response", "under_review"])
                    ),
                    models.Q(("closed_at__isnull", False), ("state__in", ["won", "lost"])),
                    _connector="OR",
                ),
                name="card_dispute_state",
            ),
        ),
        *(HomeCell(model) for model in ("cardoffer", *TABLES)),
        migrations.RunSQL(SOLD, NOT_SOLD),
        frozen(
            "orders_cardsale",
            *("key", "digest", "merchant_id", "amount_minor", "currency", "provider"),
            *("charge_key", "created_at"),
        ),
        frozen("orders_cardmove", "sale_id", "key", "kind", "amount_minor"),
        frozen("orders_carddispute", "sale_id", "provider", "reference", "amount_minor"),
        steps(
            "orders_cardsale",
            "state",
            {
                "started": ["challenge", "unknown", *ENDS],
                "challenge": ["unknown", *ENDS],
                "unknown": ["challenge", *ENDS],
                "authorised": ["paid", "declined"],
                "paid": ["refunded"],
            },
        ),
        steps("orders_cardmove", "state", {"asked": ["done", "refused"]}),
        steps(
            "orders_carddispute",
            "state",
            {
                "needs_response": ["under_review", "won", "lost"],
                "under_review": ["needs_response", "won", "lost"],
            },
        ),
        *(guard(f"orders_{table}") for table in TABLES for guard in (never_deleted, never_emptied)),
    ]
