"""M3: each part of a purchase answers for its own sum, so that a line costs one look, not nine."""

from django.db import migrations

EACH = """
CREATE OR REPLACE FUNCTION orders_group_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM orders_ordergroup g
        JOIN orders_payment p ON p.group_id = g.id AND p.amount_minor = g.total_minor
        WHERE g.id = NEW.id
    ) OR NOT EXISTS (SELECT 1 FROM orders_order WHERE group_id = NEW.id) THEN
        RAISE EXCEPTION 'purchase % is not the sum of its orders', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION orders_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM orders_ordergroup g
        WHERE g.id = NEW.group_id
        AND (g.goods_minor, g.delivery_minor, g.tax_minor, g.total_minor) = (
            SELECT sum(goods_minor), sum(delivery_minor), sum(tax_minor), sum(total_minor)
            FROM orders_order WHERE group_id = NEW.group_id)
    ) THEN
        RAISE EXCEPTION 'purchase % is not the sum of its orders', NEW.group_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.goods_minor, NEW.tax_minor) IS DISTINCT FROM (
        (SELECT sum(goods_minor) FROM orders_orderline WHERE order_id = NEW.id),
        (SELECT coalesce(sum(amount_minor), 0) FROM orders_ordertax WHERE order_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'order % is not the sum of its lines and taxes', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION orders_line_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT goods_minor FROM orders_order WHERE id = NEW.order_id) IS DISTINCT FROM
        (SELECT sum(goods_minor) FROM orders_orderline WHERE order_id = NEW.order_id)
    THEN
        RAISE EXCEPTION 'order % is not the sum of its lines and taxes', NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION orders_tax_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT tax_minor FROM orders_order WHERE id = NEW.order_id) IS DISTINCT FROM
        (SELECT sum(amount_minor) FROM orders_ordertax WHERE order_id = NEW.order_id)
    THEN
        RAISE EXCEPTION 'order % is not the sum of its lines and taxes', NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
DROP TRIGGER {table}_adds_up ON {table};
CREATE CONSTRAINT TRIGGER {table}_adds_up AFTER INSERT ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}();
"""
PARTS = {
    "orders_order": "orders_order_adds_up",
    "orders_orderline": "orders_line_adds_up",
    "orders_ordertax": "orders_tax_adds_up",
}


class Migration(migrations.Migration):
    """Replace the one question that each row asked of its whole purchase."""

    dependencies = [("orders", "0007_own_references")]

    operations = [
        migrations.RunSQL(EACH, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table, function=function), migrations.RunSQL.noop
            )
            for table, function in PARTS.items()
        ),
    ]
