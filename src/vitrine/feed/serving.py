"""Serve the next clips of For you: each clip to each viewer at most once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Value

from vitrine.accounts.models import Follow, Person
from vitrine.feed import popularity, ranking
from vitrine.feed.models import Watch
from vitrine.feed.ranking import Candidate, Reason
from vitrine.videos.models import Clip, Like, Viewer

CANDIDATES = 160
"""The freshest unseen clips, of which a slate is ranked."""

Row = tuple[int, int, datetime, bool, bool]
"""A clip, its creator, when it came out, whether the viewer likes it and follows its creator."""


@dataclass(frozen=True, slots=True)
class Served:
    """A clip as served to one viewer."""

    clip: int
    reason: Reason
    is_liked: bool
    is_followed: bool


def next_clips(key: str, viewer: Viewer, *, size: int, at: datetime) -> list[Served]:
    """Choose clips that the viewer may see and has never been served, and note them as served.

    Empty when there is nothing left. Queries: 2 (4 when popularity is counted anew).
    """
    while True:
        rows = _unseen(key, viewer)
        states = {clip: (liked, followed) for clip, _, _, liked, followed in rows}
        picks = ranking.slate(_candidates(rows, at), size=size, seed=secrets.randbits(32))
        fresh = Watch.objects.serve([pick.clip for pick in picks], to=key, at=at)
        if fresh or not picks:  # else another page of this viewer's took them all: look again
            return [Served(p.clip, p.reason, *states[p.clip]) for p in picks if p.clip in fresh]


def _candidates(rows: Sequence[Row], at: datetime) -> list[Candidate]:
    known = popularity.receptions(at=at)
    candidates = []
    for clip, creator, published_at, _, followed in rows:
        reception = known.get(clip, popularity.UNKNOWN)
        age_hours = (at - published_at).total_seconds() / 3600
        candidates.append(
            Candidate(clip, creator, age_hours, reception.appeal, reception.shown, followed)
        )
    return candidates


def _unseen(key: str, viewer: Viewer) -> Sequence[Row]:
    served = Watch.objects.filter(viewer=key, clip=OuterRef("pk"))
    clips = Clip.objects.listed_for(viewer).filter(~Exists(served))
    liked: Any = Value(False)
    followed: Any = Value(False)
    if isinstance(viewer, Person):
        clips = clips.exclude(creator=viewer)
        liked = Exists(Like.objects.filter(clip=OuterRef("pk"), person=viewer))
        followed = Exists(Follow.objects.filter(followed=OuterRef("creator"), follower=viewer))
    rows: Any = clips.order_by("-published_at").values_list(
        "pk", "creator_id", "published_at", liked, followed
    )
    return list(rows[:CANDIDATES])
