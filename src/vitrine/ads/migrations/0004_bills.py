"""What ads cost is posted in the ledger."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_emptied

KINDS = "'release', 'reserve', 'payout', 'clawback', 'commission'"
BY_ORDERS = """
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reason_kind NOT IN ({kinds}))
    EXECUTE FUNCTION orders_transfer_has_its_reason();
"""
REASON = """
CREATE FUNCTION ads_transfer_has_its_bill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ads_adbill b JOIN ads_advertiser a ON a.id = b.advertiser_id
        JOIN orders_wallet w ON w.id = a.wallet_id
        WHERE NEW.key = 'adbill:' || b.public_id AND NEW.reason_id = b.public_id
            AND b.posted_minor = (
                SELECT -s.amount_minor FROM ledger_posting s
                JOIN ledger_account l ON l.id = s.account_id WHERE s.transfer_id = NEW.id
                    AND l.code = 'advertiser:' || w.public_id || ':wallet')
            AND b.posted_minor = (
                SELECT s.amount_minor FROM ledger_posting s
                JOIN ledger_account l ON l.id = s.account_id WHERE s.transfer_id = NEW.id
                    AND l.code = 'platform:ads')
    ) THEN
        RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_ad_bill AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reason_kind = 'adbill')
    EXECUTE FUNCTION ads_transfer_has_its_bill();
"""
NO_REASON = """
DROP TRIGGER ledger_transfer_has_its_ad_bill ON ledger_transfer;
DROP FUNCTION ads_transfer_has_its_bill();
"""
POSTED = """
CREATE FUNCTION ads_bill_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_transfer WHERE key = 'adbill:' || NEW.public_id)
        OR (NEW.number, floor(NEW.total_micros / 10000.0)) <> (
            SELECT count(*), sum(posted_minor) FROM ads_adbill
            WHERE advertiser_id = NEW.advertiser_id AND number <= NEW.number)
    THEN
        RAISE EXCEPTION 'ad bill % is not what was posted', NEW.public_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ads_adbill_posted AFTER INSERT ON ads_adbill
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ads_bill_is_posted();
"""
UNPOSTED = """
DROP TRIGGER ads_adbill_posted ON ads_adbill;
DROP FUNCTION ads_bill_is_posted();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0003_showings"),
        ("commission", "0002_earned"),
        ("ledger", "0004_chain"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdBill",
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
                ("number", models.PositiveIntegerField()),
                ("total_micros", models.BigIntegerField()),
                ("posted_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bills",
                        to="ads.advertiser",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("advertiser", "number"), name="ad_bill_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__gt", 0),
                            ("total_micros__gte", 0),
                            models.Q(("posted_minor", 0), _negated=True),
                        ),
                        name="ad_bill_of_something",
                    ),
                ],
            },
        ),
        HomeCell("AdBill"),
        append_only("ads_adbill"),
        never_emptied("ads_adbill"),
        RunSQL(BY_ORDERS.format(kinds=f"{KINDS}, 'adbill'"), BY_ORDERS.format(kinds=KINDS)),
        RunSQL(REASON, NO_REASON),
        RunSQL(POSTED, UNPOSTED),
    ]
