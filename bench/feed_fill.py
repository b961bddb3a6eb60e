"""Clips by the hundred thousand, ten thousand viewers of many tastes, and what they watched.

Imported only once Django is set up on the cell. Rows are made by Postgres; what a new clip sets off
otherwise (sums on profiles, words to search) is left out.
"""

import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from vitrine.accounts import visitors
from vitrine.accounts.models import Person
from vitrine.feed import retrieval, serving, unseen
from vitrine.feed.learning import served as learning
from vitrine.sovereignty.cell import home

CREATORS, VIEWERS, WATCHES = 5_000, 10_000, 100
TASTES = 100
NOT_SET_OFF = ("videos_clip", "videos_rendition", "feed_watch")

_CLIPS = """
INSERT INTO videos_clip (home_cell, public_id, creator_id, title, description, created_at,
    published_at, poster_key, placeholder, language, visibility, comments_open, original_key,
    original_bytes, duration_ms, width, height, has_sound)
SELECT %(home)s, %(home)s || '_01' || lpad(upper(to_hex(n)), 24, '0'),
    %(first)s + (n::bigint * 7919) %% %(creators)s, 'An object, turning in the light, ' || n,
    'A short description of what is seen, read out before it plays.', %(at)s,
    %(at)s - make_interval(secs => 40 * (%(until)s - n)), 'renditions/' || n || '/poster.webp',
    decode(repeat('00', 146), 'hex'), 'en', 'public', true, '', 0,
    6000 + (n::bigint * 104729) %% 50000, 720, 1280, true
FROM generate_series(%(since)s, %(until)s - 1) AS n
"""
_RENDITIONS = """
INSERT INTO videos_rendition (home_cell, clip_id, name, width, height, bitrate_bps, codecs, size,
    sha256, key, verified_at)
SELECT home_cell, id, '720', 720, 1280, 1600000, 'avc1.64001f, mp4a.40.2', 1000000,
    decode(repeat('00', 32), 'hex'), 'renditions/' || id || '/720.mp4', created_at
FROM videos_clip WHERE id > %(before)s
"""
# A viewer watches what is of their taste (a clip's number, by the number of tastes), what is well
# known rather than not: a power of an even draw is a long tail. A fifth is of any taste, and left.
_WATCHES = """
INSERT INTO feed_watch (home_cell, viewer, clip_id, served_at, watched_at, stayed_at, watched_ms,
    loops, completed_at)
SELECT %(home)s, 'v_' || viewer, first + clip, at, at,
    CASE WHEN is_own THEN at END, CASE WHEN is_own THEN duration ELSE 1200 END, 0,
    CASE WHEN is_own THEN at END
FROM (
    SELECT viewer, is_own, %(at)s - make_interval(secs => 30 * (%(watches)s - n)) AS at,
        CASE WHEN is_own THEN place * %(tastes)s + viewer %% %(tastes)s
            ELSE floor(random() * %(clips)s)::bigint END AS clip
    FROM (
        SELECT viewer, n, random() < 0.8 AS is_own,
            floor(power(random(), 2) * (%(clips)s / %(tastes)s))::bigint AS place
        FROM generate_series(0, %(viewers)s - 1) AS viewer, generate_series(1, %(watches)s) AS n
    ) AS drawn
) AS watched, (SELECT min(id) AS first FROM videos_clip) AS start,
    LATERAL (SELECT 6000 + (clip * 104729) %% 50000 AS duration) AS length
ON CONFLICT DO NOTHING
"""


def clips(until: int) -> None:
    """Put clips on show until there are so many."""
    with connection.cursor() as cursor:
        for table in NOT_SET_OFF:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM videos_clip")
        since, before = cursor.fetchone()
        common: dict[str, Any] = {"home": home(), "at": datetime.now(UTC), "creators": CREATORS}
        common |= {"since": since, "until": until, "first": _creators(), "before": before}
        cursor.execute(_CLIPS, common)
        cursor.execute(_RENDITIONS, common)


def watches(of: int) -> None:
    """Have everybody watch anew, among so many clips."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE feed_watch, feed_slate")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            _WATCHES,
            {
                "home": home(),
                "at": datetime.now(UTC),
                "clips": of,
                "tastes": TASTES,
                "viewers": VIEWERS,
                "watches": WATCHES,
            },
        )
        cursor.execute("VACUUM ANALYZE feed_watch")
        cursor.execute("ANALYZE")


def cookies(count: int) -> list[str]:
    """Return the cookies of some viewers, of all tastes."""
    step = VIEWERS // count
    return [f"{visitors.COOKIE}={visitors._signer.sign(f'v_{n * step}')}" for n in range(count)]


def chosen_ms(count: int) -> list[float]:
    """Choose a page for some viewers, as a web process does before it draws; say what it took."""
    took = []
    for n in range(count):
        began = time.perf_counter()
        serving.next_clips(f"v_{n * 13 % VIEWERS}", AnonymousUser(), size=10, at=datetime.now(UTC))
        took.append((time.perf_counter() - began) * 1000)
    return took


def ranked(count: int) -> float:
    """Return among how many clips a page is chosen, on average over some viewers."""
    learnt, at, dice = learning.learnt(), datetime.now(UTC), np.random.default_rng(1)
    if learnt is None:
        raise RuntimeError("Nothing was learnt.")
    named = 0
    for n in range(count):
        key = f"v_{n * 13 % VIEWERS}"
        standing = unseen.standing(key, AnonymousUser(), tables=learnt.tables, at=at)
        found = retrieval.named(learnt, standing, at_s=at.timestamp(), dice=dice)
        named += len(found.clips)
    return named / count


def _creators() -> int:
    """Return the key of the first creator; they are made if need be."""
    if not Person.objects.filter(handle="maker0").exists():
        Person.objects.bulk_create(
            Person(email=f"maker{n}@example.org", handle=f"maker{n}", password="!")
            for n in range(CREATORS)
        )
    return Person.objects.get(handle="maker0").pk
