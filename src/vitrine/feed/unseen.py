"""What a page is made of: clips that a viewer may see and has never been served, and what they did.

The queries are compiled once for each kind of viewer, and the rule of who may see what stays
written once, in ``Clip.objects.unasked_for``: see ``accounts/stand_in.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast, Extract

from vitrine.accounts import stand_in
from vitrine.accounts.models import Follow, Person
from vitrine.feed.learning.tables import Tables
from vitrine.feed.learning.tables import at as at_places
from vitrine.feed.models import Unwanted, Watch
from vitrine.kernel import prepared
from vitrine.kernel.rows import HasRow
from vitrine.videos.models import Clip, Like, Save, Viewer

MOST = 120
"""The freshest; others are named by what was learnt."""
REMEMBERED = 100
"""Watches that a page is chosen by, the latest."""
MOST_FOLLOWED = 200


class Unseen(NamedTuple):
    """A clip, and what the viewer has to do with it. published_s: in seconds since 1970.

    A whole number, since reading 120 timestamps takes longer than everything else here.
    """

    clip: int
    creator: int
    published_s: int
    is_liked: bool
    is_saved: bool
    is_followed: bool


class Past(NamedTuple):
    """A watch of the viewer's. is_followed: its creator is, among those latest followed."""

    clip: int
    creator: int
    watched_ms: int
    is_liked: bool
    is_saved: bool
    is_followed: bool
    is_hidden: bool
    duration_ms: int


@dataclass(frozen=True)
class Standing:
    """What a viewer stands before: the freshest clips, and what they did, the latest first.

    is_plain: they want to be shown what everybody is. followed: creators, the latest first.
    experiments: those that run, by primary key, ascending.
    """

    freshest: list[Unseen] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    followed: list[int] = field(default_factory=list)
    is_plain: bool = False
    experiments: list[int] = field(default_factory=list)


_PAST = """
(SELECT 1, w.clip_id, c.creator_id, w.watched_ms,
    EXISTS (SELECT FROM videos_like WHERE clip_id = w.clip_id AND person_id = %s),
    EXISTS (SELECT FROM videos_save WHERE clip_id = w.clip_id AND person_id = %s),
    w.hidden_at IS NOT NULL, c.duration_ms
 FROM feed_watch w LEFT JOIN videos_clip c ON c.id = w.clip_id AND c.id > %s
 WHERE w.viewer = %s AND w.watched_at IS NOT NULL ORDER BY w.watched_at DESC LIMIT %s)
"""
_OF_CLIPS = "SELECT id, creator_id, duration_ms FROM videos_clip WHERE id = ANY (%s::bigint[])"
_FOLLOWED = """
(SELECT 2, followed_id, 0, 0, false, false, false, 0
 FROM accounts_follow WHERE follower_id = %s ORDER BY id DESC LIMIT %s)
"""
_PLAIN = """
(SELECT 3, 0, 0, 0, false, false, false, 0 FROM feed_habit
 WHERE person_id = %s AND (paused_at IS NOT NULL OR unprofiled_at IS NOT NULL))
"""
_STANDING = f"""
(SELECT 0, f.*, 0 FROM ({{freshest}}) AS f)
UNION ALL {_PAST} UNION ALL {_FOLLOWED} UNION ALL {_PLAIN} UNION ALL
(SELECT 4, id, 0, 0, false, false, false, 0 FROM feed_experiment
 WHERE begins_at <= %s AND ends_at > %s ORDER BY id)
"""  # noqa: S608  (statements written above, no values)


def standing(key: str, viewer: Viewer, *, tables: Tables, at: datetime) -> Standing:
    """Return what a page for a viewer is chosen from and by. Queries: 1, or 2: see ``_past``."""
    sql, parameters = stand_in.compiled(freshest, viewer, key=key)
    own = viewer.pk if isinstance(viewer, Person) else None
    kinds: tuple[list[Any], ...] = ([], [], [], [], [])
    for row in prepared.rows(
        _STANDING.format(freshest=sql),
        [*parameters, *_of(key, own, tables), own, MOST_FOLLOWED, own, at, at],
    ):
        kinds[row[0]].append(row)
    new, watched, people, plain, running = kinds
    followed = [row[1] for row in people]
    return Standing(
        freshest=[Unseen._make(row[1:7]) for row in new],
        past=_past(watched, followed, tables),
        followed=followed,
        is_plain=bool(plain),
        experiments=[row[1] for row in running],
    )


def past(key: str, viewer: Viewer, *, tables: Tables) -> list[Past]:
    """Return what a viewer did, the latest first; nothing of who wants no personal order.

    Queries: 1, or 2: see ``_past``.
    """
    own = viewer.pk if isinstance(viewer, Person) else None
    kinds: tuple[list[Any], ...] = ([], [], [], [])
    for row in prepared.rows(
        f"{_PAST} UNION ALL {_FOLLOWED} UNION ALL {_PLAIN}",
        [*_of(key, own, tables), own, MOST_FOLLOWED, own],
    ):
        kinds[row[0]].append(row)
    _, watched, people, plain = kinds
    return [] if plain else _past(watched, [row[1] for row in people], tables)


def _of(key: str, own: int | None, tables: Tables) -> list[Any]:
    """Return the parameters of ``_PAST``. Clips beyond the last that tables know are read."""
    known = int(tables.clips[-1]) if len(tables.clips) else 0
    return [own, own, known, key, REMEMBERED]


def _past(watched: Sequence[Sequence[Any]], followed: Sequence[int], tables: Tables) -> list[Past]:
    """Say of what was watched whose it is and how long, which the tables in memory know.

    Reading it took most of a page: a hundred clips are seldom near each other. Queries: 0, or 1
    where a clip was not out when tables were built, or is no longer.
    """
    of_clips = _of_clips([row[1] for row in watched if row[2] is None], tables)
    theirs = frozenset(followed)
    found = []
    for _, clip, creator, watched_ms, is_liked, is_saved, is_hidden, duration_ms in watched:
        if creator is None:
            creator, duration_ms = of_clips[clip]
        is_followed = creator in theirs
        found.append(
            Past(clip, creator, watched_ms, is_liked, is_saved, is_followed, is_hidden, duration_ms)
        )
    return found


def _of_clips(clips: Sequence[int], tables: Tables) -> dict[int, tuple[int, int]]:
    """Return the creators and lengths of clips."""
    asked = np.array(clips, np.int64)
    lines = tables.lines(asked)
    rows = zip(
        clips,
        at_places(tables.creators, lines).tolist(),
        at_places(tables.lengths_ms, lines).tolist(),
        strict=True,
    )
    found = {clip: (creator, length_ms) for clip, creator, length_ms in rows if creator}
    if len(found) < len(clips):
        left = asked[lines < 0].tolist()
        read = prepared.rows(_OF_CLIPS, [prepared.array(left)])
        found |= {clip: (creator, length_ms) for clip, creator, length_ms in read}
    return found


def among(clips: Sequence[int], key: str, viewer: Viewer) -> list[Unseen]:
    """Return those of some clips that the viewer may see and has not been served. Queries: 1."""
    sql, parameters = stand_in.compiled(query, viewer, key=key)
    # The keys are no table to join with: there Postgres reads all clips, to find these in them.
    rows = prepared.rows(
        f"SELECT * FROM ({sql}) AS found (clip) WHERE clip = ANY (%s::bigint[])",  # noqa: S608
        [*parameters, prepared.array(clips)],
    )
    return [Unseen._make(row) for row in rows]


def freshest(viewer: Viewer, key: str) -> "QuerySet[Clip, Any]":
    """Return the query for the freshest, in words."""
    return query(viewer, key).order_by("-published_at")[:MOST]


def query(viewer: Viewer, key: str) -> "QuerySet[Clip, Any]":
    """Return the query for all unseen clips that are not unwanted. Own clips are no news."""
    served = HasRow(Watch, viewer=Value(key), clip="pk")
    clips = Clip.objects.unasked_for(viewer).filter(~served, Unwanted.none_by(key)).order_by()
    liked: Any = Value(False)
    saved: Any = Value(False)
    followed: Any = Value(False)
    if isinstance(viewer, Person):
        clips = clips.exclude(creator=viewer)
        liked = HasRow(Like, clip="pk", person=viewer)
        saved = HasRow(Save, clip="pk", person=viewer)
        followed = HasRow(Follow, followed="creator", follower=viewer)
    published_s = Cast(Extract("published_at", "epoch"), BigIntegerField())
    return clips.values_list("pk", "creator_id", published_s, liked, saved, followed)
