"""No order of a merchant that may not sell, whatever was read before it was written."""

from django.db import migrations

GUARD = """
CREATE FUNCTION orders_order_of_who_sells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Without a lock: what is placed beside a suspension was placed before it, and goes on.
  IF EXISTS (SELECT FROM catalog_merchant WHERE id = NEW.merchant_id
      AND (approved_at IS NULL OR suspended_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'its merchant may not sell' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_order_of_who_sells BEFORE INSERT ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_order_of_who_sells();
"""
AWAY = "DROP FUNCTION orders_order_of_who_sells CASCADE"


class Migration(migrations.Migration):
    """Add the guard."""

    dependencies = [("orders", "0008_each_part_adds_up"), ("catalog", "0009_standing")]

    operations = [migrations.RunSQL(GUARD, AWAY)]
