"""Tokens and webhooks of merchants' programs; triggers write what is to be told."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.programs.scopes
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

TOLD = """
-- An id as our own are: the cell, then a ULID of the moment and 80 random bits.
CREATE FUNCTION programs_new_id(home text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT home || '_' || string_agg(
        substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + digit, 1), '' ORDER BY place)
    FROM (
        SELECT place, ((ms >> (45 - 5 * place)) & 31)::int AS digit
        FROM generate_series(0, 9) AS place,
            (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) AS moment
        UNION ALL
        SELECT 10 + place, floor(random() * 32)::int FROM generate_series(0, 15) AS place
    ) AS digits
$$;
-- Shops without an address cost one look at a small index. What waits already is told once.
CREATE FUNCTION programs_tell_of_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO programs_delivery
        (home_cell, public_id, endpoint_id, event, thing, body, at, tries, due_at, trouble)
    SELECT told.home_cell, programs_new_id(told.home_cell), told.id, 'order.' || happened.kind,
        sold.public_id, '', statement_timestamp(), 0, statement_timestamp(), ''
    FROM changed happened
    JOIN orders_order sold ON sold.id = happened.order_id
    JOIN programs_endpoint told ON told.merchant_id = sold.merchant_id
        AND told.removed_at IS NULL AND told.disabled_at IS NULL
        AND 'order.' || happened.kind = ANY (told.events)
    ORDER BY happened.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs AFTER INSERT ON orders_orderevent
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION programs_tell_of_orders();
CREATE FUNCTION programs_tell_of_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM programs_endpoint WHERE removed_at IS NULL AND disabled_at IS NULL
            AND 'product.changed' = ANY (events)) THEN
        INSERT INTO programs_delivery
            (home_cell, public_id, endpoint_id, event, thing, body, at, tries, due_at, trouble)
        SELECT told.home_cell, programs_new_id(told.home_cell), told.id, 'product.changed',
            product.public_id, '', statement_timestamp(), 0, statement_timestamp(), ''
        FROM catalog_product product
        JOIN programs_endpoint told ON told.merchant_id = product.merchant_id
            AND told.removed_at IS NULL AND told.disabled_at IS NULL
            AND 'product.changed' = ANY (told.events)
        WHERE product.id IN (SELECT id FROM changed)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION programs_tell_of_variants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM programs_endpoint WHERE removed_at IS NULL AND disabled_at IS NULL
            AND 'product.changed' = ANY (events)) THEN
        INSERT INTO programs_delivery
            (home_cell, public_id, endpoint_id, event, thing, body, at, tries, due_at, trouble)
        SELECT told.home_cell, programs_new_id(told.home_cell), told.id, 'product.changed',
            product.public_id, '', statement_timestamp(), 0, statement_timestamp(), ''
        FROM catalog_product product
        JOIN programs_endpoint told ON told.merchant_id = product.merchant_id
            AND told.removed_at IS NULL AND told.disabled_at IS NULL
            AND 'product.changed' = ANY (told.events)
        WHERE product.id IN (SELECT product_id FROM changed)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs_of_new AFTER INSERT ON catalog_product
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION programs_tell_of_products();
CREATE TRIGGER tell_programs AFTER UPDATE ON catalog_product
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION programs_tell_of_products();
CREATE TRIGGER tell_programs_of_new AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION programs_tell_of_variants();
CREATE TRIGGER tell_programs AFTER UPDATE ON catalog_variant
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION programs_tell_of_variants();
CREATE FUNCTION programs_tell_of_low_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO programs_delivery
        (home_cell, public_id, endpoint_id, event, thing, body, at, tries, due_at, trouble)
    SELECT told.home_cell, programs_new_id(told.home_cell), told.id, 'stock.low',
        variant.public_id, '', statement_timestamp(), 0, statement_timestamp(), ''
    FROM changed low
    JOIN catalog_stock stock ON stock.id = low.stock_id
    JOIN catalog_variant variant ON variant.id = stock.variant_id
    JOIN programs_endpoint told ON told.merchant_id = variant.merchant_id
        AND told.removed_at IS NULL AND told.disabled_at IS NULL
        AND 'stock.low' = ANY (told.events)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs AFTER INSERT ON catalog_lowstock
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION programs_tell_of_low_stock();
"""
UNTOLD = """
DROP FUNCTION programs_tell_of_low_stock() CASCADE;
DROP FUNCTION programs_tell_of_variants() CASCADE;
DROP FUNCTION programs_tell_of_products() CASCADE;
DROP FUNCTION programs_tell_of_orders() CASCADE;
DROP FUNCTION programs_new_id(text);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orders", "0012_talk"),
        ("catalog", "0012_talk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
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
                ("url", models.CharField(max_length=300)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None
                    ),
                ),
                ("secret", models.CharField(max_length=60)),
                ("old_secret", models.CharField(blank=True, max_length=60)),
                ("rotated_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("failing_since", models.DateTimeField(null=True)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("disabled_at", None), ("removed_at", None)),
                        fields=["merchant"],
                        name="endpoint_told",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "events__contained_by",
                                [
                                    "order.placed",
                                    "order.ready",
                                    "order.shipped",
                                    "order.collected",
                                    "order.cancelled",
                                    "order.refunded",
                                    "product.changed",
                                    "stock.low",
                                ],
                            ),
                            ("events__len__gt", 0),
                        ),
                        name="endpoint_events_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                    "event",
                    models.CharField(
                        choices=[
                            ("order.placed", "An order is placed"),
                            ("order.ready", "An order waits to be collected"),
                            ("order.shipped", "An order is shipped"),
                            ("order.collected", "An order is collected"),
                            ("order.cancelled", "An order is cancelled"),
                            ("order.refunded", "An order is refunded"),
                            ("product.changed", "A product is changed"),
                            ("stock.low", "A choice runs low somewhere"),
                        ],
                        max_length=20,
                    ),
                ),
                ("thing", models.CharField(max_length=40)),
                ("body", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=200)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="programs.endpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="hook_due",
                    ),
                    models.Index(fields=["endpoint", "-at", "-public_id"], name="hook_newest"),
                    models.Index(fields=["at"], name="hook_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("due_at__isnull", False), ("tries", 0)),
                        fields=("endpoint", "event", "thing"),
                        name="hook_told_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done_at", None), ("due_at", None), _connector="OR"),
                        name="hook_done_is_not_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
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
                ("name", models.CharField(max_length=60)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("hint", models.CharField(max_length=4)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["merchant"], name="token_of_merchant")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scopes__contained_by",
                                [
                                    vitrine.programs.scopes.Scope["CATALOG_READ"],
                                    vitrine.programs.scopes.Scope["CATALOG_WRITE"],
                                    vitrine.programs.scopes.Scope["STOCK_WRITE"],
                                    vitrine.programs.scopes.Scope["ORDERS_READ"],
                                    vitrine.programs.scopes.Scope["ORDERS_WRITE"],
                                    vitrine.programs.scopes.Scope["FINANCE_READ"],
                                ],
                            ),
                            ("scopes__len__gt", 0),
                        ),
                        name="token_scopes_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
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
                ("key", models.CharField(max_length=80)),
                ("digest", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.token",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="kept_answer_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("token", "key"), name="kept_answer_once")
                ],
            },
        ),
        HomeCell("token"),
        HomeCell("keptanswer"),
        HomeCell("endpoint"),
        HomeCell("delivery"),
        migrations.RunSQL(TOLD, UNTOLD),
    ]
