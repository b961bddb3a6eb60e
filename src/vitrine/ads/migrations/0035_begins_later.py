"""The zone of a campaign may be changed until something may be spent on it."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

from vitrine.sovereignty.immutable import frozen, lifted

AGREED = ("advertiser_id", "objective", "made_at", "click_days", "view_days", "holdout_percent")
WAS = ("advertiser_id", "objective", "zone", "made_at", "click_days", "view_days")
ZONE = """
CREATE FUNCTION ads_campaign_keeps_its_zone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ads_budget WHERE campaign_id = NEW.id) THEN
        RAISE EXCEPTION 'the days of what has begun keep their zone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_campaign_keeps_its_zone BEFORE UPDATE OF zone ON ads_campaign
    FOR EACH ROW WHEN (OLD.zone <> NEW.zone) EXECUTE FUNCTION ads_campaign_keeps_its_zone();
"""
NO_ZONE = """
DROP TRIGGER ads_campaign_keeps_its_zone ON ads_campaign;
DROP FUNCTION ads_campaign_keeps_its_zone;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0034_beside_what_is_sold"),
    ]

    operations = [
        lifted(frozen("ads_campaign", *WAS, "holdout_percent")),
        frozen("ads_campaign", *AGREED),
        RunSQL(ZONE, NO_ZONE),
    ]
