"""Programs are told of parcels, returns and bills, and of what banks refuse."""

from django.conf import settings
from django.db import migrations, models

TOLD = """
-- What banks refuse is one event: which move it was, the order tells.
CREATE OR REPLACE FUNCTION programs_tell_of_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO programs_delivery
        (home_cell, public_id, endpoint_id, event, thing, body, at, tries, due_at, trouble)
    SELECT told.home_cell, programs_new_id(told.home_cell), told.id, happened.event,
        sold.public_id, '', statement_timestamp(), 0, statement_timestamp(), ''
    FROM (
        SELECT id, order_id, 'order.' || CASE
            WHEN kind IN ('capture_refused', 'void_refused', 'refund_refused') THEN 'refused'
            ELSE kind END AS event
        FROM changed
    ) AS happened
    JOIN orders_order sold ON sold.id = happened.order_id
    JOIN programs_endpoint told ON told.merchant_id = sold.merchant_id
        AND told.removed_at IS NULL AND told.disabled_at IS NULL
        AND happened.event = ANY (told.events)
    ORDER BY happened.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION programs_tell(shop bigint, happened text, what text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO programs_delivery
        (home_cell, public_id, endpoint_id, event, thing, body, at, tries, due_at, trouble)
    SELECT home_cell, programs_new_id(home_cell), id, happened, what, '',
        statement_timestamp(), 0, statement_timestamp(), ''
    FROM programs_endpoint
    WHERE merchant_id = shop AND removed_at IS NULL AND disabled_at IS NULL
        AND happened = ANY (events)
    ON CONFLICT DO NOTHING;
$$;
CREATE FUNCTION programs_tell_of_parcels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE shop bigint := (SELECT merchant_id FROM orders_order WHERE id = NEW.order_id);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM programs_tell(shop, 'parcel.packed', NEW.public_id);
    END IF;
    IF NEW.sent_at IS NOT NULL THEN
        PERFORM programs_tell(shop, 'parcel.sent', NEW.public_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs_of_new AFTER INSERT ON orders_shipment
    FOR EACH ROW EXECUTE FUNCTION programs_tell_of_parcels();
CREATE TRIGGER tell_programs AFTER UPDATE ON orders_shipment
    FOR EACH ROW WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL)
    EXECUTE FUNCTION programs_tell_of_parcels();
CREATE FUNCTION programs_tell_of_scans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM programs_tell(sold.merchant_id, 'parcel.scanned', parcel.public_id)
    FROM orders_shipment parcel JOIN orders_order sold ON sold.id = parcel.order_id
    WHERE parcel.id = NEW.shipment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs AFTER INSERT ON orders_scan
    FOR EACH ROW EXECUTE FUNCTION programs_tell_of_scans();
CREATE FUNCTION programs_tell_of_returns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM programs_tell(merchant_id, 'return.' || NEW.state, NEW.public_id)
    FROM orders_order WHERE id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs_of_new AFTER INSERT ON orders_return
    FOR EACH ROW EXECUTE FUNCTION programs_tell_of_returns();
CREATE TRIGGER tell_programs AFTER UPDATE ON orders_return
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION programs_tell_of_returns();
CREATE FUNCTION programs_tell_of_bills() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM programs_tell(NEW.merchant_id, 'bill.issued', NEW.public_id);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_programs AFTER INSERT ON orders_bill
    FOR EACH ROW EXECUTE FUNCTION programs_tell_of_bills();
"""
UNTOLD = """
DROP FUNCTION programs_tell_of_bills() CASCADE;
DROP FUNCTION programs_tell_of_returns() CASCADE;
DROP FUNCTION programs_tell_of_scans() CASCADE;
DROP FUNCTION programs_tell_of_parcels() CASCADE;
DROP FUNCTION programs_tell(bigint, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_drop_until"),
        ("orders", "0025_shipments"),
        ("programs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="endpoint",
            name="endpoint_events_known",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="event",
            field=models.CharField(
                choices=[
                    ("order.placed", "An order is placed"),
                    ("order.ready", "An order waits to be collected"),
                    ("order.shipped", "An order is shipped"),
                    ("order.collected", "An order is collected"),
                    ("order.cancelled", "An order is cancelled"),
                    ("order.refunded", "An order is refunded"),
                    ("order.part_refunded", "A part of an order is given back"),
                    ("order.refused", "A bank refuses to move an order’s money"),
                    ("order.disputed", "A bank disputes an order’s payment"),
                    ("order.dispute_won", "A dispute is won"),
                    ("order.dispute_lost", "A dispute is lost"),
                    ("parcel.packed", "A parcel is packed"),
                    ("parcel.sent", "A parcel has left"),
                    ("parcel.scanned", "A carrier tells of a parcel"),
                    ("return.asked", "A buyer asks to send something back"),
                    ("return.approved", "A return is approved"),
                    ("return.refused", "A return is refused"),
                    ("return.received", "A return has arrived"),
                    ("return.settled", "A return is settled"),
                    ("bill.issued", "An invoice or a credit note is issued"),
                    ("product.changed", "A product is changed"),
                    ("stock.low", "A choice runs low somewhere"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
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
                            "order.part_refunded",
                            "order.refused",
                            "order.disputed",
                            "order.dispute_won",
                            "order.dispute_lost",
                            "parcel.packed",
                            "parcel.sent",
                            "parcel.scanned",
                            "return.asked",
                            "return.approved",
                            "return.refused",
                            "return.received",
                            "return.settled",
                            "bill.issued",
                            "product.changed",
                            "stock.low",
                        ],
                    ),
                    ("events__len__gt", 0),
                ),
                name="endpoint_events_known",
            ),
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]
