"""The wall: a product is shown on a clip only while the clip lasts.

A draft whose file is still being read has no length yet; nothing is asked of its tags.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION catalog_tag_within_clip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM videos_clip
        WHERE id = NEW.clip_id AND duration_ms > 0 AND duration_ms < NEW.until_ms)
    THEN
        RAISE EXCEPTION 'tag % ends after its clip', NEW.public_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tag_within_clip';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tag_within_clip BEFORE INSERT OR UPDATE OF clip_id, from_ms, until_ms ON catalog_tag
    FOR EACH ROW EXECUTE FUNCTION catalog_tag_within_clip();
"""
NO_GUARD = """
DROP TRIGGER tag_within_clip ON catalog_tag;
DROP FUNCTION catalog_tag_within_clip();
"""


class Migration(migrations.Migration):
    """Add the guard; what the release before this one wrote has been checked by its code."""

    dependencies = [("catalog", "0002_guards"), ("videos", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
