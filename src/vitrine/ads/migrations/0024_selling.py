"""Campaigns that are to sell: for orders, or for a return on what is spent."""

from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

SELLS = """
CREATE FUNCTION ads_ad_sells_something() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    goal varchar;
    shop bigint;
BEGIN
    SELECT c.objective, v.merchant_id INTO goal, shop
    FROM ads_adgroup g JOIN ads_campaign c ON c.id = g.campaign_id
    JOIN ads_advertiser v ON v.id = c.advertiser_id WHERE g.id = NEW.group_id;
    IF goal IN ('orders', 'return') AND NOT EXISTS (
        SELECT FROM catalog_product p
        WHERE p.id = NEW.product_id AND (shop IS NULL OR p.merchant_id = shop)
    ) THEN
        RAISE EXCEPTION 'what is to sell leads to what its shop sells'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_ad_sells BEFORE INSERT ON ads_ad
    FOR EACH ROW EXECUTE FUNCTION ads_ad_sells_something();
"""
SELLS_NOTHING = """
DROP TRIGGER ads_ad_sells ON ads_ad;
DROP FUNCTION ads_ad_sells_something();
"""
OBJECTIVES = [
    ("reach", "Be seen by many"),
    ("views", "Be watched"),
    ("clicks", "Be followed up"),
    ("orders", "Sell: as many orders as it can"),
    ("return", "Sell: with a return on what is spent"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0023_sold_by_day"),
    ]

    operations = [
        migrations.AddField(
            "campaign", "target_percent", models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddField("campaign", "target_set_on", models.DateField(null=True)),
        migrations.AlterField(
            "campaign", "objective", models.CharField(choices=OBJECTIVES, max_length=8)
        ),
        migrations.AddConstraint(
            "campaign",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("objective", "return"),
                        ("target_percent__range", (1, 10_000)),
                        ("target_set_on__isnull", False),
                    ),
                    models.Q(
                        models.Q(("objective", "return"), _negated=True),
                        ("target_percent", None),
                        ("target_set_on", None),
                    ),
                    _connector="OR",
                ),
                name="campaign_target",
            ),
        ),
        migrations.AddConstraint(
            "campaign",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objective__in", ["orders", "return"]), _negated=True),
                    ("view_days", 0),
                    _connector="OR",
                ),
                name="campaign_sells_by_clicks",
            ),
        ),
        RunSQL(SELLS, SELLS_NOTHING),
    ]
