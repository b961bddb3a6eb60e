"""M2, M3 and S2: what is agreed is frozen, adds up, and money moves only for a reason."""

from django.db import migrations

from vitrine.sovereignty.immutable import frozen, never_deleted, never_emptied, steps

REASON = """
CREATE FUNCTION orders_transfer_has_its_reason() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    move record;
    taken bigint;
BEGIN
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
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION orders_transfer_has_its_reason();
"""
NO_REASON = """
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
DROP FUNCTION orders_transfer_has_its_reason();
"""

COUNTED = """
CREATE FUNCTION orders_payment_is_its_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_payment bigint;
BEGIN
    IF TG_TABLE_NAME = 'orders_paymentmove' THEN
        the_payment := NEW.payment_id;
        IF NEW.state = 'done' AND NEW.kind <> 'void'
            AND NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE key = NEW.key)
        THEN
            RAISE EXCEPTION 'move % was not posted', NEW.key USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        the_payment := NEW.id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM orders_payment p
        LEFT JOIN orders_paymentmove m ON m.payment_id = p.id AND m.state = 'done'
        WHERE p.id = the_payment GROUP BY p.id
        HAVING (p.captured_minor, p.voided_minor, p.refunded_minor) IS DISTINCT FROM (
            coalesce(sum(m.amount_minor) FILTER (WHERE m.kind = 'capture'), 0),
            coalesce(sum(m.amount_minor) FILTER (WHERE m.kind = 'void'), 0),
            coalesce(sum(m.amount_minor) FILTER (WHERE m.kind = 'refund'), 0))
    ) THEN
        RAISE EXCEPTION 'payment % is not the sum of its moves', the_payment
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_paymentmove_counted AFTER INSERT OR UPDATE ON orders_paymentmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'done')
    EXECUTE FUNCTION orders_payment_is_its_moves();
CREATE CONSTRAINT TRIGGER orders_payment_counted
    AFTER INSERT OR UPDATE OF captured_minor, voided_minor, refunded_minor ON orders_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.captured_minor + NEW.voided_minor + NEW.refunded_minor > 0)
    EXECUTE FUNCTION orders_payment_is_its_moves();
"""
UNCOUNTED = """
DROP TRIGGER orders_paymentmove_counted ON orders_paymentmove;
DROP TRIGGER orders_payment_counted ON orders_payment;
DROP FUNCTION orders_payment_is_its_moves();
"""

WHOLE = """
CREATE FUNCTION orders_group_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_group bigint;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'orders_ordergroup' THEN the_group := NEW.id;
        WHEN 'orders_order' THEN the_group := NEW.group_id;
        ELSE SELECT group_id INTO the_group FROM orders_order WHERE id = NEW.order_id;
    END CASE;
    IF NOT EXISTS (
        SELECT 1 FROM orders_ordergroup g
        JOIN orders_payment p ON p.group_id = g.id AND p.amount_minor = g.total_minor
        WHERE g.id = the_group AND (g.goods_minor, g.delivery_minor, g.tax_minor, g.total_minor) = (
            SELECT sum(goods_minor), sum(delivery_minor), sum(tax_minor), sum(total_minor)
            FROM orders_order WHERE group_id = the_group)
    ) THEN
        RAISE EXCEPTION 'purchase % is not the sum of its orders', the_group
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM orders_order o WHERE o.group_id = the_group AND (
            o.goods_minor IS DISTINCT FROM
            (SELECT sum(goods_minor) FROM orders_orderline WHERE order_id = o.id)
            OR o.tax_minor <>
            (SELECT coalesce(sum(amount_minor), 0) FROM orders_ordertax WHERE order_id = o.id))
    ) THEN
        RAISE EXCEPTION 'an order of purchase % is not the sum of its lines and taxes', the_group
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_ordergroup_adds_up AFTER INSERT ON orders_ordergroup
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_group_adds_up();
CREATE CONSTRAINT TRIGGER orders_order_adds_up AFTER INSERT ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_group_adds_up();
CREATE CONSTRAINT TRIGGER orders_orderline_adds_up AFTER INSERT ON orders_orderline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_group_adds_up();
CREATE CONSTRAINT TRIGGER orders_ordertax_adds_up AFTER INSERT ON orders_ordertax
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_group_adds_up();
"""
IN_PARTS = """
DROP TRIGGER orders_ordergroup_adds_up ON orders_ordergroup;
DROP TRIGGER orders_order_adds_up ON orders_order;
DROP TRIGGER orders_orderline_adds_up ON orders_orderline;
DROP TRIGGER orders_ordertax_adds_up ON orders_ordertax;
DROP FUNCTION orders_group_adds_up();
"""

SETTLED = ("authorised", "declined", "abandoned")


class Migration(migrations.Migration):
    """Add the guards that models cannot express."""

    dependencies = [("orders", "0003_states_are_known"), ("ledger", "0003_legs")]

    operations = [
        migrations.RunSQL(REASON, NO_REASON),
        migrations.RunSQL(COUNTED, UNCOUNTED),
        migrations.RunSQL(WHOLE, IN_PARTS),
        frozen(
            "orders_ordergroup",
            *("key", "digest", "currency"),
            *("goods_minor", "delivery_minor", "tax_minor", "total_minor"),
        ),
        frozen(
            "orders_order",
            *("group_id", "merchant_id", "goods_minor", "delivery_minor", "tax_minor"),
            *("tax_included", "total_minor", "fee_minor"),
        ),
        frozen(
            "orders_orderline",
            *("order_id", "variant_id", "title", "sku", "quantity"),
            *("unit_minor", "goods_minor", "tax_minor"),
        ),
        frozen("orders_ordertax", "order_id", "authority", "amount_minor"),
        frozen("orders_payment", "group_id", "provider", "key", "amount_minor"),
        frozen("orders_paymentmove", "payment_id", "order_id", "key", "kind", "amount_minor"),
        frozen("orders_reservation", "line_id", "stock_id", "quantity"),
        steps("orders_ordergroup", "state", {"held": ["placed", "failed"]}),
        steps(
            "orders_order",
            "state",
            {
                "held": ["placed", "failed"],
                "placed": ["ready", "shipped", "collected", "cancelled"],
                "ready": ["collected", "cancelled"],
                "shipped": ["refunded"],
                "collected": ["refunded"],
            },
        ),
        steps(
            "orders_payment",
            "state",
            {
                "started": ["challenge", "unknown", *SETTLED],
                "challenge": ["unknown", *SETTLED],
                "unknown": ["challenge", *SETTLED],
            },
        ),
        steps("orders_paymentmove", "state", {"asked": ["done", "refused"]}),
        steps(
            "orders_reservation",
            "state",
            {"held": ["bought", "released", "expired"], "bought": ["sold", "released"]},
        ),
        *(
            guard(f"orders_{table}")
            for table in (
                *("ordergroup", "order", "ordertax", "orderline"),
                *("payment", "paymentmove", "providerevent", "orderevent"),
            )
            for guard in (never_deleted, never_emptied)
        ),
    ]
