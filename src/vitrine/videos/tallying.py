"""Keep the numbers of profiles in few rows, and compare them with the clips and likes."""

from django.db import connection

_FOLD = """
WITH touched AS (
    SELECT DISTINCT creator_id FROM videos_tally WHERE NOT is_sum
), gone AS (
    DELETE FROM videos_tally tally USING touched WHERE tally.creator_id = touched.creator_id
    RETURNING tally.home_cell, tally.creator_id, visibility, clips, likes
)
INSERT INTO videos_tally (home_cell, creator_id, visibility, clips, likes, is_sum)
SELECT home_cell, creator_id, visibility, sum(clips), sum(likes), true
FROM gone WHERE EXISTS (SELECT FROM accounts_person WHERE id = gone.creator_id)
GROUP BY home_cell, creator_id, visibility HAVING sum(clips) <> 0 OR sum(likes) <> 0
"""

_UNLIKE = """
WITH told AS (
    SELECT creator_id, visibility, sum(clips) AS clips, sum(likes) AS likes
    FROM videos_tally GROUP BY creator_id, visibility
), liked AS (
    SELECT clip_id, count(*) AS likes FROM videos_like GROUP BY clip_id
), truth AS (
    SELECT creator_id, visibility, count(*) AS clips, coalesce(sum(liked.likes), 0) AS likes
    FROM videos_clip clip LEFT JOIN liked ON liked.clip_id = clip.id
    WHERE videos_is_listed(clip) GROUP BY creator_id, visibility
)
SELECT creator_id, visibility, coalesce(told.clips, 0), coalesce(truth.clips, 0),
    coalesce(told.likes, 0), coalesce(truth.likes, 0)
FROM told FULL JOIN truth USING (creator_id, visibility)
WHERE EXISTS (SELECT FROM accounts_person WHERE id = creator_id)
"""


def fold() -> None:
    """Make the rows of each creator one for each audience.

    Safe to run twice, and at once: a row is deleted by one of them, and its sum is the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)


def compared() -> tuple[int, list[str]]:
    """Return how many sums there are, and a sentence for each that is not what is counted."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLIKE)
        rows = cursor.fetchall()
    return len(rows), [
        f"creator {creator} ({visibility}) shows {told} clips and {told_likes} likes; "
        f"there are {clips} and {likes}"
        for creator, visibility, told, clips, told_likes, likes in rows
        if (told, told_likes) != (clips, likes)
    ]
