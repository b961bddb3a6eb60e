"""Products only on clips whose origin, if any, is open for commercial use."""

from django.db import migrations

GUARD = """
CREATE FUNCTION catalog_commercial_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One at a time for each clip: a tag and a remix at once must not pass each other by.
    PERFORM 1 FROM videos_clip WHERE id = NEW.clip_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM videos_remix remix
        JOIN videos_clip origin ON origin.id = remix.origin_id
        JOIN videos_clip clip ON clip.id = remix.clip_id
        WHERE remix.clip_id = NEW.clip_id AND NOT origin.commercial_use
            AND origin.creator_id <> clip.creator_id
            AND EXISTS (SELECT 1 FROM catalog_tag tag WHERE tag.clip_id = NEW.clip_id)
    ) THEN
        RAISE EXCEPTION '%: its origin is not open for commercial use', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_tag_commercial_use AFTER INSERT OR UPDATE OF clip_id ON catalog_tag
    FOR EACH ROW EXECUTE FUNCTION catalog_commercial_use();
CREATE TRIGGER videos_remix_commercial_use
    AFTER INSERT OR UPDATE OF clip_id, origin_id ON videos_remix
    FOR EACH ROW EXECUTE FUNCTION catalog_commercial_use();
"""
AWAY = """
DROP TRIGGER videos_remix_commercial_use ON videos_remix;
DROP TRIGGER catalog_tag_commercial_use ON catalog_tag;
DROP FUNCTION catalog_commercial_use();
"""


class Migration(migrations.Migration):
    """Add the guard to tags and to remixes."""

    dependencies = [("catalog", "0003_tags_within_the_clip"), ("videos", "0008_sounds")]

    operations = [migrations.RunSQL(GUARD, AWAY)]
