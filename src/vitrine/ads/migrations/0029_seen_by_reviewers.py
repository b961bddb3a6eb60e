"""A verdict is of what its reviewer saw: with other words, or for more people, an ad waits again."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

WHOM = ("languages", "ages", "interests", "regions", "dealings", "alike")
"""What is empty lets everybody in."""
FIELDS = ", ".join([*WHOM, "left_out", "alike_percent"])
WIDER = " OR ".join(
    [
        *(
            f"(OLD.{field} <> '{{}}' AND (NEW.{field} = '{{}}' OR NOT NEW.{field} <@ OLD.{field}))"
            for field in WHOM
        ),
        "NOT NEW.left_out @> OLD.left_out",
        "(OLD.alike <> '{}' AND NEW.alike_percent > OLD.alike_percent)",
    ]
)
DIGEST = """
CREATE FUNCTION ads_digest(of_group bigint, of_clip bigint, of_product bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        payer.name, g.widened, clip.title, clip.description,
        coalesce(nullif(clip.cover_key, ''), clip.poster_key),
        (SELECT jsonb_agg(jsonb_build_array(said.language, said.webvtt) ORDER BY said.language)
            FROM videos_caption said WHERE said.clip_id = clip.id AND said.heard_at IS NULL),
        product.title, product.description, product.brand,
        (SELECT jsonb_agg(jsonb_build_array(seen.key, seen.alt) ORDER BY seen.position, seen.id)
            FROM catalog_picture seen WHERE seen.product_id = product.id)
    )::text, 'UTF8')), 'hex')
    FROM ads_adgroup g JOIN ads_campaign k ON k.id = g.campaign_id
    JOIN ads_advertiser payer ON payer.id = k.advertiser_id
    JOIN videos_clip clip ON clip.id = of_clip
    LEFT JOIN catalog_product product ON product.id = of_product
    WHERE g.id = of_group
$$;
CREATE FUNCTION ads_ad_is_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.digest := ads_digest(NEW.group_id, NEW.clip_id, NEW.product_id);
    RETURN NEW;
END $$;
CREATE TRIGGER ads_ad_is_seen BEFORE INSERT ON ads_ad
    FOR EACH ROW EXECUTE FUNCTION ads_ad_is_seen();
UPDATE ads_ad SET digest = ads_digest(group_id, clip_id, product_id);
"""
NO_DIGEST = """
DROP TRIGGER ads_ad_is_seen ON ads_ad;
DROP FUNCTION ads_ad_is_seen();
DROP FUNCTION ads_digest(bigint, bigint, bigint);
"""
CHANGES = (
    # what is changed, when, and the ads that show it
    ("videos_clip", "UPDATE OF title, description, cover_key, poster_key", "ad.clip_id = NEW.id"),
    ("videos_caption", "INSERT OR UPDATE", "ad.clip_id = NEW.clip_id"),
    ("videos_caption", "DELETE", "ad.clip_id = OLD.clip_id"),
    ("catalog_product", "UPDATE OF title, description, brand", "ad.product_id = NEW.id"),
    ("catalog_picture", "INSERT OR UPDATE", "ad.product_id = NEW.product_id"),
    ("catalog_picture", "DELETE", "ad.product_id = OLD.product_id"),
    ("ads_adgroup", "UPDATE", "ad.group_id = NEW.id"),
    (
        "ads_advertiser",
        "UPDATE OF name",
        "ad.group_id IN (SELECT g.id FROM ads_adgroup g JOIN ads_campaign k"
        " ON k.id = g.campaign_id WHERE k.advertiser_id = NEW.id)",
    ),
)
SAYS_SO = {
    "videos_clip": "WHEN ((OLD.title, OLD.description, OLD.cover_key, OLD.poster_key)"
    " IS DISTINCT FROM (NEW.title, NEW.description, NEW.cover_key, NEW.poster_key))",
    "catalog_product": "WHEN ((OLD.title, OLD.description, OLD.brand)"
    " IS DISTINCT FROM (NEW.title, NEW.description, NEW.brand))",
    "ads_adgroup": "WHEN (OLD.widened <> NEW.widened)",
    "ads_advertiser": "WHEN (OLD.name <> NEW.name)",
}
WIDENS = f"""
CREATE FUNCTION ads_adgroup_widens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.widened := OLD.widened + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adgroup_widens BEFORE UPDATE OF {FIELDS} ON ads_adgroup
    FOR EACH ROW WHEN ({WIDER}) EXECUTE FUNCTION ads_adgroup_widens();
"""
NEVER_WIDENS = """
DROP TRIGGER ads_adgroup_widens ON ads_adgroup;
DROP FUNCTION ads_adgroup_widens();
"""
KNOWN = """
ALTER TABLE ads_adverdict DISABLE TRIGGER ads_adverdict_append_only;
UPDATE ads_adverdict v SET digest = ad.digest, instead_of_id = (
    SELECT max(earlier.id) FROM ads_adverdict earlier
    WHERE earlier.ad_id = v.ad_id AND earlier.id < v.id
) FROM ads_ad ad WHERE ad.id = v.ad_id;
ALTER TABLE ads_adverdict ENABLE TRIGGER ads_adverdict_append_only;
"""
OF_WHAT_WAS_SEEN = """
CREATE FUNCTION ads_verdict_of_what_was_seen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE shown text;
BEGIN
    SELECT digest INTO shown FROM ads_ad WHERE id = NEW.ad_id FOR NO KEY UPDATE;
    IF NEW.digest = '' THEN
        NEW.digest := shown;
    ELSIF NEW.digest <> shown THEN
        RAISE EXCEPTION 'the ad is not what was seen' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adverdict_of_what_was_seen BEFORE INSERT ON ads_adverdict
    FOR EACH ROW EXECUTE FUNCTION ads_verdict_of_what_was_seen();
"""
OF_ANYTHING = """
DROP TRIGGER ads_adverdict_of_what_was_seen ON ads_adverdict;
DROP FUNCTION ads_verdict_of_what_was_seen();
"""


def _seen_anew(n: int, table: str, when: str, shows: str) -> RunSQL:
    """Keep what ads show as it is changed."""
    name = f"ads_seen_anew_{n}"
    return RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE ads_ad ad SET digest = ads_digest(ad.group_id, ad.clip_id, ad.product_id)
            WHERE {shows};
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER {when} ON {table}
            FOR EACH ROW {SAYS_SO.get(table, "")} EXECUTE FUNCTION {name}();
        """,  # noqa: S608  (our own constants)
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


def _digest() -> Any:
    return models.CharField(db_default="", max_length=64)


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0028_cost_of_arms"),
        ("catalog", "0018_prices_to_come"),
        ("videos", "0014_paid_by"),
    ]

    operations = [
        migrations.AddField("adgroup", "widened", models.PositiveIntegerField(db_default=0)),
        migrations.AddField("ad", "digest", _digest()),
        migrations.AddField("adverdict", "digest", _digest()),
        migrations.AddField(
            "adverdict",
            "instead_of",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ads.adverdict",
            ),
        ),
        RunSQL(WIDENS, NEVER_WIDENS),
        RunSQL(DIGEST, NO_DIGEST),
        *(_seen_anew(n, *change) for n, change in enumerate(CHANGES, start=1)),
        RunSQL(KNOWN, RunSQL.noop),
        migrations.AddConstraint(
            model_name="adverdict",
            constraint=models.UniqueConstraint(
                condition=models.Q(("instead_of", None)),
                fields=("ad", "digest"),
                name="ad_verdict_once",
            ),
        ),
        RunSQL(OF_WHAT_WAS_SEEN, OF_ANYTHING),
    ]
