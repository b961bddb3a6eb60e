"""No ad stands beside a clip while a case about it is open."""

from django.db import migrations

QUESTIONS = """
CREATE FUNCTION safety_case_questions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closed_at IS NULL THEN
        INSERT INTO ads_questioned (home_cell, clip_id) VALUES (NEW.home_cell, NEW.clip_id)
            ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM ads_questioned WHERE clip_id = NEW.clip_id AND NOT EXISTS (
            SELECT FROM safety_case WHERE clip_id = NEW.clip_id AND closed_at IS NULL
        );
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER safety_case_questions AFTER INSERT OR UPDATE OF closed_at ON safety_case
    FOR EACH ROW WHEN (NEW.clip_id IS NOT NULL) EXECUTE FUNCTION safety_case_questions();
INSERT INTO ads_questioned (home_cell, clip_id)
    SELECT DISTINCT home_cell, clip_id FROM safety_case
    WHERE closed_at IS NULL AND clip_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("safety", "0005_ads"),
        ("ads", "0013_beside"),
    ]

    operations = [
        migrations.RunSQL(
            QUESTIONS,
            reverse_sql="DROP TRIGGER safety_case_questions ON safety_case;"
            " DROP FUNCTION safety_case_questions; DELETE FROM ads_questioned",
        ),
    ]
