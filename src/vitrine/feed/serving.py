"""Serve the next clips of For you: each clip to each viewer at most once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Exists, OuterRef, Value

from vitrine.accounts.models import Follow, Person
from vitrine.feed import popularity, ranking
from vitrine.feed.models import Watch
from vitrine.feed.ranking import Candidate, Reason
from vitrine.videos.models import Clip, Like, Viewer

CANDIDATES = 160
"""The freshest unseen clips, of which a slate is ranked."""


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
    rows = _unseen(key, viewer)
    known = popularity.receptions(at=at)
    candidates = []
    states: dict[int, tuple[bool, bool]] = {}
    for clip, creator, published_at, liked, followed in rows:
        reception = known.get(clip, popularity.UNKNOWN)
        age_hours = (at - published_at).total_seconds() / 3600
        candidates.append(
            Candidate(clip, creator, age_hours, reception.appeal, reception.shown, followed)
        )
        states[clip] = (liked, followed)
    picks = ranking.slate(candidates, size=size, seed=secrets.randbits(32))
    if not picks:
        return []
    fresh = Watch.objects.serve([pick.clip for pick in picks], to=key, at=at)
    return [Served(p.clip, p.reason, *states[p.clip]) for p in picks if p.clip in fresh]


def _unseen(key: str, viewer: Viewer) -> Sequence[tuple[int, int, datetime, bool, bool]]:
    served = Watch.objects.filter(viewer=key, clip=OuterRef("pk"))
    clips = Clip.objects.listed_for(viewer).filter(~Exists(served))
    if isinstance(viewer, Person):
        likes = Like.objects.filter(clip=OuterRef("pk"), person=viewer)
        follows = Follow.objects.filter(followed=OuterRef("creator"), follower=viewer)
        clips = clips.exclude(creator=viewer).annotate(
            liked=Exists(likes), followed=Exists(follows)
        )
    else:
        no = Value(False, output_field=BooleanField())
        clips = clips.annotate(liked=no, followed=no)
    return clips.order_by("-published_at").values_list(
        "pk", "creator_id", "published_at", "liked", "followed"
    )[:CANDIDATES]
