"""What is known of reports is found by an index, however few facts there were at planning.

A connection plans its statements once. One that was planned while no fact was there, or none since
the last ANALYZE, read all facts of the day at each beacon: after a few minutes of a rush that took
longer than writing them.
"""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

KNOWN = """
CREATE FUNCTION feed_known(asked uuid[], since date, until date, viewers bigint[])
RETURNS TABLE (kind int, said text, number bigint, more bigint, last bigint)
LANGUAGE plpgsql STABLE ROWS 10 SET enable_seqscan TO off AS $$
BEGIN
    RETURN QUERY SELECT 0, v.impression::text, v.sequence::bigint, v.watched_ms::bigint,
            v.loops::bigint
        FROM feed_viewing v WHERE v.impression = ANY (asked) AND v.day BETWEEN since AND until;
    RETURN QUERY SELECT 1, array_to_string(t.begun, ','), t.viewer, t.written::bigint,
            t.minute::bigint
        FROM feed_tempo t WHERE t.viewer = ANY (viewers);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("feed", "0015_signs")]

    operations = [
        RunSQL(KNOWN, reverse_sql="DROP FUNCTION feed_known(uuid[], date, date, bigint[])")
    ]
