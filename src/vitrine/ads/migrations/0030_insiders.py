"""Who gains by an ad judges it never, and shares nothing of what it costs."""

from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

INSIDERS = """
CREATE FUNCTION ads_insiders_of(advertiser bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT person_id FROM ads_advertiser WHERE id = $1 AND person_id IS NOT NULL
    UNION ALL SELECT person_id FROM ads_admember WHERE advertiser_id = $1
    UNION ALL SELECT m.person_id FROM ads_advertiser a
    JOIN catalog_membership m ON m.merchant_id = a.merchant_id WHERE a.id = $1
$$;
CREATE FUNCTION ads_insiders(ad bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT by_id FROM ads_ad WHERE id = $1
    UNION ALL SELECT c.creator_id FROM ads_ad a JOIN videos_clip c ON c.id = a.clip_id
    WHERE a.id = $1
    UNION ALL SELECT m.person_id FROM ads_ad a JOIN catalog_product p ON p.id = a.product_id
    JOIN catalog_membership m ON m.merchant_id = p.merchant_id WHERE a.id = $1
    UNION ALL SELECT insider FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id
    JOIN ads_campaign k ON k.id = g.campaign_id
    CROSS JOIN LATERAL ads_insiders_of(k.advertiser_id) AS insider WHERE a.id = $1
$$;
"""
NO_INSIDERS = "DROP FUNCTION ads_insiders(bigint); DROP FUNCTION ads_insiders_of(bigint);"
BY_OTHERS = """
CREATE OR REPLACE FUNCTION ads_verdict_by_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS ({insiders}) THEN
        RAISE EXCEPTION 'nobody reviews their own ads' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
ALL = "SELECT FROM ads_insiders(NEW.ad_id) AS insider WHERE insider = NEW.by_id"
MEMBERS = """
    SELECT FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id
    JOIN ads_campaign c ON c.id = g.campaign_id
    JOIN ads_admember m ON m.advertiser_id = c.advertiser_id
    WHERE a.id = NEW.ad_id AND m.person_id = NEW.by_id
"""
TAKES_PART = """
CREATE FUNCTION ads_authorisation_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM videos_clip c JOIN ads_insiders_of(NEW.advertiser_id) AS insider
            ON insider = c.creator_id WHERE c.id = NEW.clip_id
    ) THEN
        NEW.share_bp := 0;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_authorisation_of_others BEFORE INSERT OR UPDATE OF advertiser_id
    ON ads_authorisation FOR EACH ROW WHEN (NEW.shared_until IS NULL)
    EXECUTE FUNCTION ads_authorisation_of_others();
"""
JOINS = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ads_authorisation given SET shared_until = greatest(NEW.since_at, given.taken_at)
    FROM videos_clip c
    WHERE c.id = given.clip_id AND c.creator_id = NEW.person_id AND given.shared_until IS NULL
        AND given.advertiser_id {theirs};
    RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""
SOME = (
    ("ads_admember_shares_no_more", "ads_admember", "= NEW.advertiser_id"),
    (
        "ads_membership_shares_no_more",
        "catalog_membership",
        "IN (SELECT id FROM ads_advertiser WHERE merchant_id = NEW.merchant_id)",
    ),
)
FROM_NOW_ON = """
UPDATE ads_authorisation given SET shared_until = greatest(now(), given.taken_at)
FROM videos_clip c
WHERE c.id = given.clip_id AND c.creator_id IN (SELECT ads_insiders_of(given.advertiser_id));
CREATE TRIGGER ads_authorisation_shared_until BEFORE UPDATE OF shared_until ON ads_authorisation
    FOR EACH ROW WHEN (OLD.shared_until IS DISTINCT FROM NEW.shared_until
        AND OLD.shared_until IS NOT NULL)
    EXECUTE FUNCTION vitrine_refuse('what is shared no more stays so');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0029_seen_by_reviewers"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorisation",
            name="shared_until",
            field=models.DateTimeField(null=True),
        ),
        RunSQL(INSIDERS, NO_INSIDERS),
        RunSQL(BY_OTHERS.format(insiders=ALL), BY_OTHERS.format(insiders=MEMBERS)),
        RunSQL(FROM_NOW_ON, "DROP TRIGGER ads_authorisation_shared_until ON ads_authorisation"),
        RunSQL(
            TAKES_PART,
            "DROP TRIGGER ads_authorisation_of_others ON ads_authorisation;"
            "DROP FUNCTION ads_authorisation_of_others();",
        ),
        *(
            RunSQL(
                JOINS.format(name=name, table=table, theirs=theirs),
                f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
            )
            for name, table, theirs in SOME
        ),
    ]
