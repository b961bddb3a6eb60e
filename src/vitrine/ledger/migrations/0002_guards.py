"""M1: the database refuses money that does not sum to zero, and any change of it."""

from django.db import migrations

from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only

BALANCED = """
CREATE FUNCTION ledger_transfer_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_transfer bigint;
BEGIN
    IF TG_TABLE_NAME = 'ledger_posting' THEN
        the_transfer := NEW.transfer_id;
    ELSE
        the_transfer := NEW.id;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE transfer_id = the_transfer) THEN
        RAISE EXCEPTION 'transfer % has no postings', the_transfer USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM ledger_posting WHERE transfer_id = the_transfer
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'transfer % does not sum to zero', the_transfer
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transfer_must_balance();
CREATE CONSTRAINT TRIGGER ledger_transfer_balanced AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transfer_must_balance();
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_in_currency UNIQUE (id, currency);
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_in_currency
    FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency);
"""
UNBALANCED = """
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_in_currency;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_in_currency;
DROP TRIGGER ledger_posting_balanced ON ledger_posting;
DROP TRIGGER ledger_transfer_balanced ON ledger_transfer;
DROP FUNCTION ledger_transfer_must_balance();
"""


class Migration(migrations.Migration):
    """Add the guards that models cannot express."""

    dependencies = [("ledger", "0001_initial")]

    operations = [
        HomeCell("account"),
        HomeCell("transfer"),
        HomeCell("posting"),
        append_only("ledger_transfer"),
        append_only("ledger_posting"),
        migrations.RunSQL(BALANCED, UNBALANCED),
    ]
