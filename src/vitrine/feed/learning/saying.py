"""Read what clips say that they are of: the topics of each, as numbers.

Hashtags of title and description, ten at most, since more is shouting (``videos/mentions.py``); the
language; the sound that clips share; what kind of product is on it. Postgres makes a number of
the words. Source: docs/adr/0102-what-a-clip-is-of.md.
"""

from typing import Any

from django.db.models import QuerySet

from vitrine.videos.mentions import MOST_OF_A_KIND
from vitrine.videos.models import Clip, RemixKind, Visibility

_SAID = f"""
SELECT DISTINCT c.id, hashtextextended(found.words, 0)
FROM ({{clips}}) AS c (id, title, description, language) CROSS JOIN LATERAL (
    SELECT 'language ' || split_part(c.language, '-', 1)
    UNION ALL
    SELECT '#' || unnest((feed_topics(c.title || ' ' || c.description))[:{MOST_OF_A_KIND}])
    WHERE c.title || c.description ~ '[#\uff03]'
    UNION ALL SELECT 'sound ' || r.origin_id FROM videos_remix r
    WHERE r.clip_id = c.id AND r.kind = '{RemixKind.SOUND.value}'
    UNION ALL SELECT 'sound ' || c.id WHERE EXISTS (SELECT FROM videos_remix r
        WHERE r.origin_id = c.id AND r.kind = '{RemixKind.SOUND.value}')
    UNION ALL SELECT 'goods ' || lower(p.category) FROM catalog_tag t
    JOIN catalog_product p ON p.id = t.product_id WHERE t.clip_id = c.id AND p.category <> ''
) AS found (words) ORDER BY 1, 2
"""  # noqa: S608  (conditions written above, no values)


def shown() -> "QuerySet[Clip, Any]":
    """Return the clips that are learnt of: those that are out, for all or for followers."""
    out = Clip.objects.published()
    return out.filter(visibility__in=[Visibility.PUBLIC, Visibility.FOLLOWERS])


def statement(clips: "QuerySet[Clip, Any]") -> tuple[str, Any]:
    """Return the statement for pairs of a clip and a topic, by clip, and its parameters."""
    own = clips.values_list("pk", "title", "description", "language")
    sql, parameters = own.query.sql_with_params()
    return _SAID.format(clips=sql), parameters
