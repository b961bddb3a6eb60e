"""Creators get a share of what ads with their clips cost."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_emptied

KINDS = "'release', 'reserve', 'payout', 'clawback', 'commission', 'adbill'"
BY_ORDERS = """
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reason_kind NOT IN ({kinds}))
    EXECUTE FUNCTION orders_transfer_has_its_reason();
"""
REASON = """
CREATE FUNCTION ads_transfer_has_its_earning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ads_adearning e JOIN ads_authorisation g ON g.id = e.authorisation_id
        JOIN videos_clip c ON c.id = g.clip_id JOIN accounts_person p ON p.id = c.creator_id
        WHERE NEW.key = 'adshare:' || e.public_id AND NEW.reason_id = e.public_id
            AND e.posted_minor = (
                SELECT s.amount_minor FROM ledger_posting s
                JOIN ledger_account l ON l.id = s.account_id WHERE s.transfer_id = NEW.id
                    AND l.code = 'creator:' || p.public_id || ':available')
            AND e.posted_minor = (
                SELECT -s.amount_minor FROM ledger_posting s
                JOIN ledger_account l ON l.id = s.account_id WHERE s.transfer_id = NEW.id
                    AND l.code = 'platform:ads')
    ) THEN
        RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_earning AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reason_kind = 'adshare')
    EXECUTE FUNCTION ads_transfer_has_its_earning();
"""
NO_REASON = """
DROP TRIGGER ledger_transfer_has_its_earning ON ledger_transfer;
DROP FUNCTION ads_transfer_has_its_earning();
"""
POSTED = """
CREATE FUNCTION ads_earning_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_transfer WHERE key = 'adshare:' || NEW.public_id)
        OR (NEW.number, (
            SELECT div(NEW.total_micros::numeric * share_bp, 10000 * 10000)
            FROM ads_authorisation WHERE id = NEW.authorisation_id
        )) <> (
            SELECT count(*), sum(posted_minor) FROM ads_adearning
            WHERE authorisation_id = NEW.authorisation_id AND number <= NEW.number)
    THEN
        RAISE EXCEPTION 'the earning % is not what was posted', NEW.public_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ads_adearning_posted AFTER INSERT ON ads_adearning
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ads_earning_is_posted();
"""
UNPOSTED = """
DROP TRIGGER ads_adearning_posted ON ads_adearning;
DROP FUNCTION ads_earning_is_posted();
"""
AGREED = """
CREATE TRIGGER ads_authorisation_share BEFORE UPDATE OF share_bp ON ads_authorisation
    FOR EACH ROW WHEN (OLD.share_bp < NEW.share_bp
        OR (OLD.share_bp > NEW.share_bp AND OLD.taken_at IS NOT NULL))
    EXECUTE FUNCTION vitrine_refuse('what is shared is agreed on before');
"""
NOT_AGREED = "DROP TRIGGER ads_authorisation_share ON ads_authorisation;"


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0005_reach"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorisation",
            name="share_bp",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("share_bp__lte", 10000)), name="authorised_shares_a_part"
            ),
        ),
        migrations.CreateModel(
            name="AdEarning",
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
                    "authorisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to="ads.authorisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authorisation", "number"), name="ad_earning_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__gt", 0),
                            ("total_micros__gte", 0),
                            models.Q(("posted_minor", 0), _negated=True),
                        ),
                        name="ad_earning_of_something",
                    ),
                ],
            },
        ),
        HomeCell("AdEarning"),
        append_only("ads_adearning"),
        never_emptied("ads_adearning"),
        RunSQL(AGREED, NOT_AGREED),
        RunSQL(BY_ORDERS.format(kinds=f"{KINDS}, 'adshare'"), BY_ORDERS.format(kinds=KINDS)),
        RunSQL(REASON, NO_REASON),
        RunSQL(POSTED, UNPOSTED),
    ]
