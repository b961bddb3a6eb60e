"""Ads stand in the feed, in product search, or in both, and figures are told by that.

Constants of new columns are kept by Postgres beside the table: no row is written anew, and what the
release before writes stood in the feed.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.ads.models.campaign

LEADS = """
CREATE FUNCTION ads_ad_leads_to_product() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands varchar[];
BEGIN
    SELECT placements INTO stands FROM ads_adgroup WHERE id = NEW.group_id FOR SHARE;
    IF stands <@ ARRAY['search']::varchar[] THEN
        RAISE EXCEPTION 'in search alone ads lead to products' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_ad_leads BEFORE INSERT ON ads_ad
    FOR EACH ROW WHEN (NEW.product_id IS NULL) EXECUTE FUNCTION ads_ad_leads_to_product();
CREATE FUNCTION ads_group_has_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ads_ad WHERE group_id = NEW.id AND product_id IS NULL) THEN
        RAISE EXCEPTION 'in search alone ads lead to products' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adgroup_stands BEFORE UPDATE OF placements ON ads_adgroup
    FOR EACH ROW WHEN (NEW.placements <@ ARRAY['search']::varchar[])
    EXECUTE FUNCTION ads_group_has_products();
"""
LEADS_NOWHERE = """
DROP TRIGGER ads_adgroup_stands ON ads_adgroup;
DROP FUNCTION ads_group_has_products();
DROP TRIGGER ads_ad_leads ON ads_ad;
DROP FUNCTION ads_ad_leads_to_product();
"""
PLACEMENTS = [("feed", "In the feed"), ("search", "In product search")]


def stood(model: str) -> migrations.AddField:
    """Return the operation by which rows say where an ad was shown."""
    return migrations.AddField(
        model,
        "placement",
        models.CharField(choices=PLACEMENTS, db_default="feed", default="feed", max_length=6),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0018_holdout"),
    ]

    operations = [
        stood("adday"),
        stood("charge"),
        stood("showing"),
        migrations.AddField(
            "adgroup",
            "placements",
            ArrayField(
                base_field=models.CharField(max_length=6),
                db_default=["feed"],
                default=vitrine.ads.models.campaign.in_the_feed,
                size=None,
            ),
        ),
        migrations.RemoveConstraint("adday", "ad_day_once"),
        migrations.AddConstraint(
            "adday",
            models.UniqueConstraint(fields=("ad", "day", "placement"), name="ad_day_by_placement"),
        ),
        migrations.AddConstraint(
            "adgroup",
            models.CheckConstraint(
                condition=models.Q(
                    ("placements__contained_by", ["feed", "search"]), ("placements__len__gt", 0)
                ),
                name="ad_group_stands_somewhere",
            ),
        ),
        AddConstraintNotValid(
            "charge",
            models.CheckConstraint(
                condition=models.Q(("placement__in", ["feed", "search"])),
                name="ad_charge_stood_somewhere",
            ),
        ),
        RunSQL(LEADS, LEADS_NOWHERE),
    ]
