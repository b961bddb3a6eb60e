"""For a while after it is placed, nobody is told whom an order is for, and it cannot be sent."""

from django.db import migrations, models

TOLD = """
CREATE FUNCTION orders_address_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM orders_order
               WHERE id = NEW.order_id AND withheld_until > NEW.shipped_at) THEN
        RAISE EXCEPTION 'order % cannot be sent yet', NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_fulfilment_told BEFORE INSERT OR UPDATE OF shipped_at ON orders_fulfilment
    FOR EACH ROW WHEN (NEW.shipped_at IS NOT NULL) EXECUTE FUNCTION orders_address_is_told();
CREATE TRIGGER orders_order_kept_secret BEFORE UPDATE OF withheld_until ON orders_order
    FOR EACH ROW WHEN (OLD.withheld_until IS NOT NULL
        AND (NEW.withheld_until IS NULL OR NEW.withheld_until < OLD.withheld_until))
    EXECUTE FUNCTION vitrine_refuse('it is never told sooner than was promised');
"""
UNTOLD = """
DROP TRIGGER orders_order_kept_secret ON orders_order;
DROP TRIGGER orders_fulfilment_told ON orders_fulfilment;
DROP FUNCTION orders_address_is_told();
"""


class Migration(migrations.Migration):
    """Add the moment; what was placed before is told at once."""

    dependencies = [("orders", "0021_reports")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="withheld_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]
