"""Goods on their way may be promised to who collects them where they go."""

from django.db import migrations, models
from django.db.models import F, Q

KEEPS = """
CREATE FUNCTION catalog_transfer_keeps_promises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'cancelled' AND EXISTS (
        SELECT 1 FROM catalog_transferline WHERE transfer_id = NEW.id AND promised > 0
    ) THEN
        RAISE EXCEPTION 'transfer %: some of it is promised to buyers', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE catalog_stock stock SET reserved = stock.reserved + line.promised
    FROM catalog_transferline line
    WHERE NEW.state = 'received' AND line.transfer_id = NEW.id AND line.promised > 0
    AND stock.location_id = NEW.destination_id AND stock.variant_id = line.variant_id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_transfer_keeps AFTER UPDATE OF state ON catalog_transfer
    FOR EACH ROW WHEN (OLD.state = 'sent' AND NEW.state IN ('received', 'cancelled'))
    EXECUTE FUNCTION catalog_transfer_keeps_promises();
"""
NOT = """
DROP TRIGGER catalog_transfer_keeps ON catalog_transfer;
DROP FUNCTION catalog_transfer_keeps_promises();
"""


class Migration(migrations.Migration):
    """Add the figure, then what keeps it, whichever release receives the goods."""

    dependencies = [("catalog", "0015_samples")]

    operations = [
        migrations.AddField(
            "transferline", "promised", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddConstraint(
            "transferline",
            models.CheckConstraint(
                condition=Q(promised__lte=F("quantity")), name="transfer_promised_once"
            ),
        ),
        migrations.RunSQL(KEEPS, NOT),
    ]
