"""Keep the dictionary, the hotness and the front up to date: set-wise, and safe to run twice.

What was written is found at once, by the triggers; this is about how it is ranked and spelt.
"""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from vitrine.videos.models import Clip

FRONT = 20_000
"""Entries of each kind in the front."""

_LIKED = """
    SELECT clip_id AS pk, count(*) AS n FROM videos_like
    WHERE clip_id IN (SELECT clip_id FROM videos_like WHERE at >= %s) GROUP BY clip_id"""
_FOLLOWED = """
    SELECT followed_id AS pk, count(*) AS n FROM accounts_follow
    WHERE followed_id IN (SELECT followed_id FROM accounts_follow WHERE at >= %s)
    GROUP BY followed_id"""
_TAGGED = "SELECT product_id AS pk, count(*) AS n FROM catalog_tag GROUP BY product_id"
_TABLES = {
    "search_clipentry": ("clip_id", _LIKED),
    "search_personentry": ("person_id", _FOLLOWED),
    "search_productentry": ("product_id", _TAGGED),
}

_RECEIVE = """
UPDATE {table} entry SET received = counted.n,
  hot = hot + search_hot('epoch', counted.n) - search_hot('epoch', received),
  is_front = is_front OR hot + search_hot('epoch', counted.n) - search_hot('epoch', received)
    > (SELECT min(hot) FROM {table} WHERE is_front)
FROM ({counts}) AS counted
WHERE entry.{key} = counted.pk AND entry.received <> counted.n"""
_TRIM = """
UPDATE {table} SET is_front = false WHERE is_front AND (hot, {key}) < (
  SELECT hot, {key} FROM {table} WHERE is_front
  ORDER BY hot DESC, {key} DESC OFFSET {front} LIMIT 1)
"""

_REPRICE = """
SELECT search_enter_products(array_agg(product_id)) FROM search_productentry
WHERE reprice_at <= %s"""
_STOCKED = """
UPDATE search_productentry entry SET in_stock = counted.has_some
FROM (
  SELECT each.product_id, coalesce(bool_or(has.variant_id IS NOT NULL), false) AS has_some
  FROM search_productentry each
  LEFT JOIN catalog_variant variant
    ON variant.product_id = each.product_id AND variant.withdrawn_at IS NULL
  LEFT JOIN (
    SELECT DISTINCT stock.variant_id
    FROM catalog_stock stock JOIN catalog_location location ON location.id = stock.location_id
    WHERE stock.on_hand > stock.reserved AND location.closed_at IS NULL
  ) AS has ON has.variant_id = variant.id
  GROUP BY each.product_id
) AS counted
WHERE counted.product_id = entry.product_id AND counted.has_some <> entry.in_stock"""
_FORGET_FACETS = """
DELETE FROM search_facet facet WHERE NOT EXISTS (
  SELECT FROM search_productentry WHERE facets @> ARRAY[facet.code])"""

_COUNTED = (
    "CREATE TEMPORARY TABLE counted_word ON COMMIT DROP AS SELECT word, ndoc FROM ts_stat(%s)"
)
_KNOW = """
INSERT INTO search_word AS known (word, texts, nearby)
SELECT word, ndoc, search_nearby(word) FROM counted_word
ON CONFLICT (word) DO UPDATE SET texts = excluded.texts WHERE known.texts <> excluded.texts"""
_FORGET = """
DELETE FROM search_word known
WHERE NOT EXISTS (SELECT FROM counted_word WHERE counted_word.word = known.word)"""


def count_received(*, since: datetime) -> None:
    """Count likes, followers and tags anew where any came since; move the front. Queries: 6."""
    with connection.cursor() as cursor:
        for table, (key, counts) in _TABLES.items():
            parameters = [since] if "%s" in counts else []
            cursor.execute(_RECEIVE.format(table=table, key=key, counts=counts), parameters)
            cursor.execute(_TRIM.format(table=table, key=key, front=FRONT - 1))


def turn(*, at: datetime) -> None:
    """Enter products whose price changed by itself, and whether each is in stock. Queries: 2.

    No trigger watches the stock: a checkout would wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REPRICE, [at])
        cursor.execute(_STOCKED)


def forget_facets() -> None:
    """Forget what no product on sale is any more. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_FACETS)


def count_words() -> None:
    """Count the words of all that anybody may see; forget those of nothing. Queries: 4.

    Call it in a transaction. One dictionary is counted at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('search_word'))")
        cursor.execute(_COUNTED, [_public_words()])
        cursor.execute(_KNOW)
        cursor.execute(_FORGET)


def add_words(*, since: datetime) -> None:
    """Add words that only what was published since has, before all are counted. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_word (word, texts, nearby)"
            " SELECT word, ndoc, search_nearby(word) FROM ts_stat(%s)"
            " ORDER BY word ON CONFLICT (word) DO NOTHING",
            [_public_words(since)],
        )


def _public_words(since: datetime | None = None) -> str:
    """Write the query for the words of all that anybody may see: the rule of Clip, not its twin."""
    clips = Clip.objects.listed_for(AnonymousUser())
    joined, on_sale = "", ""
    if since is not None:
        clips = clips.filter(published_at__gte=since)
        joined = "WHERE person_id IN (SELECT id FROM accounts_person WHERE joined_at >= %s)"
        on_sale = "WHERE product_id IN (SELECT id FROM catalog_product WHERE published_at >= %s)"
    sql, parameters = clips.values("pk").query.sql_with_params()
    later = [since] * 2 if since is not None else []
    with connection.cursor() as cursor:
        return str(
            cursor.cursor.mogrify(
                f"SELECT words FROM search_clipentry WHERE clip_id IN ({sql})"
                f" UNION ALL SELECT words FROM search_personentry {joined}"
                f" UNION ALL SELECT words FROM search_productentry {on_sale}",
                [*parameters, *later],
            )
        )
