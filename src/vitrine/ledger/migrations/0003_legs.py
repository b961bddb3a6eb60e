"""M1: a transfer says how many postings it has, so that none is added to it later."""

from django.db import migrations, models

from vitrine.sovereignty.immutable import never_emptied

COUNTED = """
ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_append_only;
UPDATE ledger_transfer t
    SET legs = (SELECT count(*) FROM ledger_posting p WHERE p.transfer_id = t.id);
ALTER TABLE ledger_transfer ENABLE TRIGGER ledger_transfer_append_only;
"""

WHOLE = """
CREATE OR REPLACE FUNCTION ledger_transfer_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_transfer bigint;
    wanted integer;
    found integer;
    unbalanced bigint;
BEGIN
    IF TG_TABLE_NAME = 'ledger_posting' THEN
        the_transfer := NEW.transfer_id;
    ELSE
        the_transfer := NEW.id;
    END IF;
    SELECT legs INTO wanted FROM ledger_transfer WHERE id = the_transfer;
    SELECT coalesce(sum(legs), 0), count(*) FILTER (WHERE total <> 0) INTO found, unbalanced FROM (
        SELECT count(*) AS legs, sum(amount_minor) AS total
        FROM ledger_posting WHERE transfer_id = the_transfer GROUP BY currency
    ) AS by_currency;
    IF found <> wanted THEN
        RAISE EXCEPTION 'transfer % has % of its % postings', the_transfer, found, wanted
            USING ERRCODE = 'check_violation';
    END IF;
    IF unbalanced > 0 THEN
        RAISE EXCEPTION 'transfer % does not sum to zero', the_transfer
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """Count the legs, and guard the count."""

    dependencies = [("ledger", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="legs",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("legs__gte", 2)), name="transfer_has_two_sides"
            ),
        ),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
        never_emptied("ledger_transfer"),
        never_emptied("ledger_posting"),
    ]
