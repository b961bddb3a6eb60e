"""What is to be seen by many meets each viewer once in its days."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

ONCE = """
UPDATE ads_adgroup g SET most_shown = 1, within_days = greatest(g.within_days, 7)
FROM ads_campaign c WHERE c.id = g.campaign_id AND c.objective = 'reach' AND g.most_shown > 1;
CREATE FUNCTION ads_adgroup_reaches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ads_campaign WHERE id = NEW.campaign_id AND objective = 'reach') THEN
        RAISE EXCEPTION 'what is to be seen by many meets each viewer once'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adgroup_reaches BEFORE INSERT OR UPDATE OF most_shown ON ads_adgroup
    FOR EACH ROW WHEN (NEW.most_shown > 1) EXECUTE FUNCTION ads_adgroup_reaches();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0031_used_up"),
    ]

    operations = [
        RunSQL(
            ONCE,
            "DROP TRIGGER ads_adgroup_reaches ON ads_adgroup; DROP FUNCTION ads_adgroup_reaches",
        ),
    ]
