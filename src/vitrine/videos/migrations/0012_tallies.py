"""A creator has sums of clips and likes, which triggers keep."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

TALLIES = """
CREATE FUNCTION videos_is_listed(clip videos_clip) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT clip.published_at IS NOT NULL AND clip.deleted_at IS NULL
        AND clip.visibility IN ('public', 'followers')
        AND NOT clip.is_mature AND clip.mature_at IS NULL
        AND NOT EXISTS (SELECT FROM videos_takedown WHERE clip_id = clip.id)
$$;
CREATE FUNCTION videos_tally_new_clips() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
    SELECT home_cell, creator_id, visibility, count(*), 0, false
    FROM changed
    WHERE published_at IS NOT NULL AND deleted_at IS NULL
        AND visibility IN ('public', 'followers') AND NOT is_mature AND mature_at IS NULL
    GROUP BY home_cell, creator_id, visibility;
    RETURN NULL;
END $$;
CREATE FUNCTION videos_tally_clip() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    liked bigint := (SELECT count(*) FROM videos_like WHERE clip_id = OLD.id);
BEGIN
    IF videos_is_listed(OLD) THEN
        INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
        VALUES (OLD.home_cell, OLD.creator_id, OLD.visibility, -1, -liked, false);
    END IF;
    IF TG_OP = 'UPDATE' AND videos_is_listed(NEW) THEN
        INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
        VALUES (NEW.home_cell, NEW.creator_id, NEW.visibility, 1, liked, false);
    END IF;
    RETURN NULL;
END $$;
-- The lock comes first: what hides a clip, or changes its audience, is counted before or after us.
CREATE FUNCTION videos_tally_likes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM videos_clip WHERE id IN (SELECT clip_id FROM changed) ORDER BY id FOR SHARE;
    INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
    WITH touched AS (
        SELECT clip_id, count(*) * (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) AS likes
        FROM changed GROUP BY clip_id
    )
    SELECT clip.home_cell, clip.creator_id, clip.visibility, 0, sum(touched.likes), false
    FROM videos_clip clip JOIN touched ON touched.clip_id = clip.id
    WHERE videos_is_listed(clip)
    GROUP BY clip.home_cell, clip.creator_id, clip.visibility;
    RETURN NULL;
END $$;
CREATE FUNCTION videos_tally_takedown() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hidden bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.clip_id ELSE OLD.clip_id END;
    step integer := CASE TG_OP WHEN 'INSERT' THEN -1 ELSE 1 END;
BEGIN
    PERFORM FROM videos_clip WHERE id = hidden FOR NO KEY UPDATE;
    INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
    SELECT home_cell, creator_id, visibility, step,
        step * (SELECT count(*) FROM videos_like WHERE clip_id = hidden), false
    FROM videos_clip
    WHERE id = hidden AND published_at IS NOT NULL AND deleted_at IS NULL
        AND visibility IN ('public', 'followers') AND NOT is_mature AND mature_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_takedown AFTER INSERT OR DELETE ON videos_takedown FOR EACH ROW
    EXECUTE FUNCTION videos_tally_takedown();
CREATE TRIGGER tally_new_clips AFTER INSERT ON videos_clip
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_new_clips();
CREATE TRIGGER tally_changed_clip AFTER UPDATE ON videos_clip FOR EACH ROW
    WHEN ((OLD.published_at IS NULL, OLD.deleted_at IS NULL, OLD.visibility, OLD.creator_id,
            OLD.is_mature, OLD.mature_at IS NULL)
        IS DISTINCT FROM
        (NEW.published_at IS NULL, NEW.deleted_at IS NULL, NEW.visibility, NEW.creator_id,
            NEW.is_mature, NEW.mature_at IS NULL))
    EXECUTE FUNCTION videos_tally_clip();
CREATE TRIGGER tally_gone_clip AFTER DELETE ON videos_clip FOR EACH ROW
    EXECUTE FUNCTION videos_tally_clip();
CREATE TRIGGER tally_likes_given AFTER INSERT ON videos_like
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_likes();
CREATE TRIGGER tally_likes_gone AFTER DELETE ON videos_like
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_likes();
INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
SELECT clip.home_cell, creator_id, visibility, count(*), coalesce(sum(liked.likes), 0), true
FROM videos_clip clip
LEFT JOIN (
    SELECT clip_id, count(*) AS likes FROM videos_like GROUP BY clip_id
) AS liked ON liked.clip_id = clip.id
WHERE videos_is_listed(clip) GROUP BY clip.home_cell, creator_id, visibility;
"""
NO_TALLIES = """
DROP TRIGGER tally_takedown ON videos_takedown;
DROP TRIGGER tally_likes_gone ON videos_like;
DROP TRIGGER tally_likes_given ON videos_like;
DROP TRIGGER tally_gone_clip ON videos_clip;
DROP TRIGGER tally_changed_clip ON videos_clip;
DROP TRIGGER tally_new_clips ON videos_clip;
DROP FUNCTION videos_tally_takedown();
DROP FUNCTION videos_tally_likes();
DROP FUNCTION videos_tally_clip();
DROP FUNCTION videos_tally_new_clips();
DROP FUNCTION videos_is_listed(videos_clip);
"""


class Migration(migrations.Migration):
    """Add what the release before this one neither reads nor writes; triggers keep the sums."""

    dependencies = [
        ("videos", "0011_hardware"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
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
                ("visibility", models.CharField(max_length=10)),
                ("clips", models.BigIntegerField()),
                ("likes", models.BigIntegerField()),
                ("is_sum", models.BooleanField()),
            ],
        ),
        migrations.AddIndex(
            model_name="clip",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("published_at__isnull", False)),
                fields=["creator", "-published_at", "-public_id"],
                name="clip_on_profile",
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="creator",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                condition=models.Q(("is_sum", False)), fields=["creator"], name="tally_to_fold"
            ),
        ),
        HomeCell("tally"),
        migrations.RunSQL(TALLIES, NO_TALLIES),
    ]
