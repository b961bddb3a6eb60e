"""An advertiser that is suspended has no open lease, so that nothing of it is billed."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

RESTS = """
CREATE FUNCTION ads_advertiser_rests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ads_advertiser a JOIN ads_campaign c ON c.advertiser_id = a.id
        JOIN ads_lease l ON l.campaign_id = c.id
        WHERE a.id = NEW.id AND a.suspended_at IS NOT NULL AND l.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a suspended advertiser has no open lease'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ads_advertiser_rests AFTER UPDATE OF suspended_at ON ads_advertiser
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.suspended_at IS NOT NULL)
    EXECUTE FUNCTION ads_advertiser_rests();
CREATE FUNCTION ads_lease_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ads_campaign c JOIN ads_advertiser a ON a.id = c.advertiser_id
        WHERE c.id = NEW.campaign_id AND a.suspended_at IS NULL FOR SHARE OF a;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a suspended advertiser has no open lease'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_lease_runs BEFORE INSERT ON ads_lease
    FOR EACH ROW EXECUTE FUNCTION ads_lease_runs();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0007_limits"),
    ]

    operations = [
        RunSQL(
            RESTS,
            "DROP TRIGGER ads_lease_runs ON ads_lease;"
            "DROP FUNCTION ads_lease_runs();"
            "DROP TRIGGER ads_advertiser_rests ON ads_advertiser;"
            "DROP FUNCTION ads_advertiser_rests();",
        ),
    ]
