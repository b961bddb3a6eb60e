"""What a page is made of: clips that a viewer may see and has never been served, and what they did.

The queries are compiled once for each kind of viewer, and the rule of who may see what stays
written once, in ``Clip.objects.unasked_for``: see ``accounts/stand_in.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast, Extract

from vitrine.accounts import stand_in
from vitrine.accounts.models import Follow, Person
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
    """A watch of the viewer's. is_followed: its creator is."""

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
    EXISTS (SELECT FROM accounts_follow WHERE followed_id = c.creator_id AND follower_id = %s),
    w.hidden_at IS NOT NULL, c.duration_ms
 FROM feed_watch w JOIN videos_clip c ON c.id = w.clip_id
 WHERE w.viewer = %s AND w.watched_at IS NOT NULL ORDER BY w.watched_at DESC LIMIT %s)
"""
_PLAIN = """
(SELECT 3, 0, 0, 0, false, false, false, false, 0 FROM feed_habit
 WHERE person_id = %s AND (paused_at IS NOT NULL OR unprofiled_at IS NOT NULL))
"""
_STANDING = f"""
(SELECT 0, f.*, false, 0 FROM ({{freshest}}) AS f)
UNION ALL {_PAST} UNION ALL
(SELECT 2, followed_id, 0, 0, false, false, false, false, 0
 FROM accounts_follow WHERE follower_id = %s ORDER BY id DESC LIMIT %s)
UNION ALL {_PLAIN} UNION ALL
(SELECT 4, id, 0, 0, false, false, false, false, 0 FROM feed_experiment
 WHERE begins_at <= %s AND ends_at > %s ORDER BY id)
"""  # noqa: S608  (statements written above, no values)


def standing(key: str, viewer: Viewer, *, at: datetime) -> Standing:
    """Return what a page for a viewer is chosen from and by. Queries: 1."""
    sql, parameters = stand_in.compiled(freshest, viewer, key=key)
    own = viewer.pk if isinstance(viewer, Person) else None
    found = Standing()
    is_plain = False
    rows = prepared.rows(
        _STANDING.format(freshest=sql),
        [*parameters, own, own, own, key, REMEMBERED, own, MOST_FOLLOWED, own, at, at],
    )
    for kind, *row in rows:
        if kind == 0:
            found.freshest.append(Unseen._make(row[:6]))
        elif kind == 1:
            found.past.append(Past._make(row))
        elif kind == 2:
            found.followed.append(row[0])
        elif kind == 3:
            is_plain = True
        else:
            found.experiments.append(row[0])
    return replace(found, is_plain=is_plain)


def past(key: str, viewer: Viewer) -> list[Past]:
    """Return what a viewer did, the latest first; nothing of who wants no personal order.

    Queries: 1.
    """
    own = viewer.pk if isinstance(viewer, Person) else None
    rows = prepared.rows(
        f"{_PAST} UNION ALL {_PLAIN}",
        [own, own, own, key, REMEMBERED, own],
    )
    if any(kind == 3 for kind, *_ in rows):
        return []
    return [Past._make(row) for _, *row in rows]


def among(clips: Sequence[int], key: str, viewer: Viewer) -> list[Unseen]:
    """Return those of some clips that the viewer may see and has not been served. Queries: 1."""
    sql, parameters = stand_in.compiled(query, viewer, key=key)
    # The keys are no table to join with: there Postgres reads all clips, to find these in them.
    rows = prepared.rows(
        f"SELECT * FROM ({sql}) AS found (clip) WHERE clip = ANY (%s::bigint[])",  # noqa: S608
        [*parameters, f"{{{','.join(map(str, clips))}}}"],  # a list is written number by number
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
