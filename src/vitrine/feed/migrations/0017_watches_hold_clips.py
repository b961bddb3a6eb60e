"""The key of a watch's clip, kept by two halves like that of the facts (0011_days_of_facts.py).

What writes watches holds their clips, each once for a whole page or for all reports of a moment; and
a clip that a watch names cannot be deleted. A key is checked for each row anew: it was a seventh of
what writing a report cost.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

CLIPS_STAY = """
CREATE OR REPLACE FUNCTION feed_clip_has_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM feed_viewing JOIN gone ON gone.id = feed_viewing.clip_id) THEN
        RAISE EXCEPTION 'facts of views name a clip that is to go'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF EXISTS (SELECT FROM feed_watch JOIN gone ON gone.id = feed_watch.clip_id) THEN
        RAISE EXCEPTION 'watches name a clip that is to go'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """The guard is there before the key goes, and stays if it comes back."""

    dependencies = [
        ("feed", "0016_known_by_index"),
        ("videos", "0013_remixes_agree"),
    ]

    operations = [
        RunSQL(CLIPS_STAY, reverse_sql=""),
        migrations.AlterField(
            model_name="watch",
            name="clip",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="videos.clip",
            ),
        ),
    ]
