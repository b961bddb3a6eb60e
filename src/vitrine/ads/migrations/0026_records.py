"""What was advertised is kept apart from the clip: written by the database itself."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

NAMES = "title, about, creator, product, payer, leads_to"
LIVE = """
SELECT a.id, a.home_cell, c.title, c.description AS about, p.handle AS creator,
    coalesce(g.title, '') AS product, payer.name AS payer,
    coalesce('/p/' || g.public_id || '-' || g.slug, '/@' || p.handle) AS leads_to,
    c.deleted_at IS NULL AS is_kept
FROM ads_ad a
JOIN videos_clip c ON c.id = a.clip_id
JOIN accounts_person p ON p.id = c.creator_id
JOIN ads_adgroup ON ads_adgroup.id = a.group_id
JOIN ads_campaign ON ads_campaign.id = ads_adgroup.campaign_id
JOIN ads_advertiser payer ON payer.id = ads_campaign.advertiser_id
LEFT JOIN catalog_product g ON g.id = a.product_id
"""
NOTES = f"""
CREATE FUNCTION ads_ad_note(ad bigint, at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ads_adrecord (home_cell, ad_id, {NAMES}, noted_at)
        SELECT home_cell, id, {NAMES}, at FROM ({LIVE}) AS live WHERE id = ad
        ON CONFLICT (ad_id) DO NOTHING;
    UPDATE ads_adrecord AS known SET title = live.title, about = live.about,
        creator = live.creator, product = live.product, payer = live.payer,
        leads_to = live.leads_to,
        former = ARRAY(
            SELECT DISTINCT name FROM unnest(known.former
                || ARRAY[known.title, known.creator, known.product, known.payer]) AS name
            WHERE name NOT IN ('', live.title, live.creator, live.product, live.payer)
            ORDER BY name
        )
    FROM ({LIVE}) AS live
    WHERE known.ad_id = ad AND live.id = ad AND live.is_kept
        AND (known.title, known.about, known.creator, known.product, known.payer, known.leads_to)
            <> (live.title, live.about, live.creator, live.product, live.payer, live.leads_to);
$$;

CREATE FUNCTION ads_adverdict_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ads_ad_note(NEW.ad_id, NEW.at);
    RETURN NULL;
END $$;
CREATE TRIGGER ads_adverdict_notes AFTER INSERT ON ads_adverdict
    FOR EACH ROW WHEN (NEW.is_approved) EXECUTE FUNCTION ads_adverdict_notes();

CREATE FUNCTION ads_adday_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ads_ad_note(NEW.ad_id, now());
    UPDATE ads_adrecord SET first_on = least(first_on, NEW.day), last_on = greatest(last_on, NEW.day)
        WHERE ad_id = NEW.ad_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ads_adday_notes AFTER INSERT ON ads_adday
    FOR EACH ROW WHEN (NEW.shown > 0) EXECUTE FUNCTION ads_adday_notes();
CREATE TRIGGER ads_adday_notes_first AFTER UPDATE OF shown ON ads_adday
    FOR EACH ROW WHEN (OLD.shown = 0 AND NEW.shown > 0) EXECUTE FUNCTION ads_adday_notes();
"""  # noqa: S608  (our own names)
SINCE = f"""
INSERT INTO ads_adrecord (home_cell, ad_id, {NAMES}, first_on, last_on, noted_at)
    SELECT live.home_cell, live.id, {NAMES}, first_on, last_on, coalesce(approved.at, first_on)
    FROM ({LIVE}) AS live
    LEFT JOIN (
        SELECT ad_id, min(at) AS at FROM ads_adverdict WHERE is_approved GROUP BY 1
    ) AS approved ON approved.ad_id = live.id
    LEFT JOIN (
        SELECT ad_id, min(day) AS first_on, max(day) AS last_on FROM ads_adday WHERE shown > 0
        GROUP BY 1
    ) AS days ON days.ad_id = live.id
    WHERE approved.at IS NOT NULL OR first_on IS NOT NULL
"""  # noqa: S608  (our own names)


def _name(length: int, **fields: object) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, **fields)  # type: ignore[arg-type]


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0025_paced_in_search"),
        ("catalog", "0018_prices_to_come"),
        ("videos", "0014_paid_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("title", _name(150, blank=True)),
                ("about", _name(300, blank=True)),
                ("creator", _name(24)),
                ("product", _name(200, blank=True)),
                ("payer", _name(80)),
                ("leads_to", _name(200)),
                (
                    "former",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                ("poster_key", _name(200, blank=True, db_default="", default="")),
                ("film_key", _name(200, blank=True, db_default="", default="")),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                ("noted_at", models.DateTimeField()),
                (
                    "ad",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record",
                        to="ads.ad",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["last_on"], name="ad_record_by_age")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_on", None), ("last_on", None)),
                            ("last_on__gte", models.F("first_on")),
                            _connector="OR",
                        ),
                        name="ad_record_has_its_days",
                    )
                ],
            },
        ),
        HomeCell("adrecord"),
        migrations.RunSQL(
            NOTES,
            reverse_sql="DROP TRIGGER ads_adday_notes_first ON ads_adday;"
            " DROP TRIGGER ads_adday_notes ON ads_adday;"
            " DROP TRIGGER ads_adverdict_notes ON ads_adverdict;"
            " DROP FUNCTION ads_adday_notes; DROP FUNCTION ads_adverdict_notes;"
            " DROP FUNCTION ads_ad_note",
        ),
        migrations.RunSQL(SINCE, reverse_sql=migrations.RunSQL.noop),
    ]
