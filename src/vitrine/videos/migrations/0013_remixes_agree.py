"""Captions may be carried; and what is made with a clip that is taken down is not tallied."""

from django.db import migrations, models

LISTED = """
CREATE OR REPLACE FUNCTION videos_is_listed(clip videos_clip) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT clip.published_at IS NOT NULL AND clip.deleted_at IS NULL
        AND clip.visibility IN ('public', 'followers')
        AND NOT clip.is_mature AND clip.mature_at IS NULL
        AND NOT EXISTS (SELECT FROM videos_takedown WHERE clip_id = clip.id)
"""
WITHOUT_ITS_ORIGIN = """
        AND NOT EXISTS (
            SELECT FROM videos_takedown hidden JOIN videos_remix remix
            ON remix.origin_id = hidden.clip_id WHERE remix.clip_id = clip.id
        )
"""
END = "$$;"

# Locks come first and origins before what is made with them: whatever else changes whether these
# are listed, or likes them, is counted before or after us.
TALLY = """
CREATE FUNCTION videos_hides(hidden bigint[], clip bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT clip = ANY (hidden) OR EXISTS (
        SELECT FROM videos_remix WHERE clip_id = clip AND origin_id = ANY (hidden)
    )
$$;
CREATE FUNCTION videos_tally_hidden(touched bigint[], step integer) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
    SELECT home_cell, creator_id, visibility, step * count(*),
        step * sum((SELECT count(*) FROM videos_like WHERE clip_id = clip.id)), false
    FROM videos_clip clip
    WHERE id = ANY (touched) AND published_at IS NOT NULL AND deleted_at IS NULL
        AND visibility IN ('public', 'followers') AND NOT is_mature AND mature_at IS NULL
    GROUP BY home_cell, creator_id, visibility;
$$;
CREATE FUNCTION videos_tally_takedowns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed_clips bigint[] := ARRAY(SELECT clip_id FROM changed);
    remixes bigint[];
    others bigint[];
BEGIN
    PERFORM FROM videos_clip WHERE id = ANY (changed_clips) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM videos_clip
        WHERE id IN (SELECT clip_id FROM videos_remix WHERE origin_id = ANY (changed_clips))
        ORDER BY id FOR NO KEY UPDATE;
    -- Read once they are locked: one may have gone on without its origin while we waited.
    remixes := ARRAY(SELECT clip_id FROM videos_remix WHERE origin_id = ANY (changed_clips));
    -- What was hidden before a takedown, or still is after its end, by another one.
    others := ARRAY(
        SELECT clip_id FROM videos_takedown hidden WHERE clip_id <> ALL (changed_clips)
        AND (clip_id = ANY (remixes) OR clip_id IN (
            SELECT origin_id FROM videos_remix WHERE clip_id = ANY (changed_clips || remixes)
        ))
    );
    PERFORM videos_tally_hidden(
        ARRAY(
            SELECT DISTINCT clip FROM unnest(changed_clips || remixes) clip
            WHERE NOT videos_hides(others, clip)
        ),
        CASE TG_OP WHEN 'INSERT' THEN -1 ELSE 1 END
    );
    RETURN NULL;
END $$;
CREATE FUNCTION videos_tally_remixes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM videos_clip WHERE id IN (SELECT origin_id FROM changed)
            ORDER BY id FOR NO KEY UPDATE;
    END IF;
    PERFORM FROM videos_clip WHERE id IN (SELECT clip_id FROM changed)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM videos_tally_hidden(
        ARRAY(
            SELECT clip_id FROM changed
            WHERE EXISTS (SELECT FROM videos_takedown WHERE clip_id = changed.origin_id)
            AND NOT EXISTS (SELECT FROM videos_takedown WHERE clip_id = changed.clip_id)
        ),
        CASE TG_OP WHEN 'INSERT' THEN -1 ELSE 1 END
    );
    RETURN NULL;
END $$;
DROP TRIGGER tally_takedown ON videos_takedown;
CREATE TRIGGER tally_takedowns_made AFTER INSERT ON videos_takedown
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_takedowns();
CREATE TRIGGER tally_takedowns_gone AFTER DELETE ON videos_takedown
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_takedowns();
CREATE TRIGGER tally_remixes_made AFTER INSERT ON videos_remix
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_remixes();
CREATE TRIGGER tally_remixes_gone AFTER DELETE ON videos_remix
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION videos_tally_remixes();
SELECT videos_tally_hidden(
    ARRAY(
        SELECT remix.clip_id FROM videos_remix remix
        JOIN videos_takedown hidden ON hidden.clip_id = remix.origin_id
        WHERE NOT EXISTS (SELECT FROM videos_takedown WHERE clip_id = remix.clip_id)
    ),
    -1
);
"""
AS_BEFORE = """
SELECT videos_tally_hidden(
    ARRAY(
        SELECT remix.clip_id FROM videos_remix remix
        JOIN videos_takedown hidden ON hidden.clip_id = remix.origin_id
        WHERE NOT EXISTS (SELECT FROM videos_takedown WHERE clip_id = remix.clip_id)
    ),
    1
);
DROP TRIGGER tally_remixes_gone ON videos_remix;
DROP TRIGGER tally_remixes_made ON videos_remix;
DROP TRIGGER tally_takedowns_gone ON videos_takedown;
DROP TRIGGER tally_takedowns_made ON videos_takedown;
CREATE TRIGGER tally_takedown AFTER INSERT OR DELETE ON videos_takedown FOR EACH ROW
    EXECUTE FUNCTION videos_tally_takedown();
DROP FUNCTION videos_tally_remixes();
DROP FUNCTION videos_tally_takedowns();
DROP FUNCTION videos_tally_hidden(bigint[], integer);
DROP FUNCTION videos_hides(bigint[], bigint);
"""


class Migration(migrations.Migration):
    """Add what the release before this one neither reads nor writes; triggers keep the sums."""

    dependencies = [("videos", "0012_tallies")]

    operations = [
        migrations.AddField(
            model_name="caption",
            name="carried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(LISTED + WITHOUT_ITS_ORIGIN + END + TALLY, AS_BEFORE + LISTED + END),
    ]
