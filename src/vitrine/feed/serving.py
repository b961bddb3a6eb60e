"""Serve the next clips of For you: what came on screen never comes again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vitrine.feed import popularity, ranking, unseen, watching
from vitrine.feed.models import Watch
from vitrine.feed.ranking import Candidate, Reason
from vitrine.feed.unseen import Unseen
from vitrine.videos.models import Viewer


@dataclass(frozen=True, slots=True)
class Served:
    """A clip as served to one viewer."""

    clip: int
    reason: Reason
    is_liked: bool
    is_saved: bool
    is_followed: bool


def next_clips(key: str, viewer: Viewer, *, size: int, at: datetime) -> list[Served]:
    """Choose clips that the viewer may see and has never been served, and note them as served.

    Empty when there is nothing left. Queries: 2 (4 when popularity is counted anew).
    """
    while True:
        rows = {row.clip: row for row in unseen.rows(key, viewer)}
        candidates = _candidates(list(rows.values()), at)
        picks = ranking.slate(candidates, size=size, seed=secrets.randbits(32))
        fresh = Watch.objects.serve([pick.clip for pick in picks], to=key, at=at)
        if fresh or not picks:  # else another page of this viewer's took them all: look again
            return [
                Served(
                    clip,
                    why,
                    is_liked=rows[clip].is_liked,
                    is_saved=rows[clip].is_saved,
                    is_followed=rows[clip].is_followed,
                )
                for clip, why in picks
                if clip in fresh
            ]


def opening_clips(key: str, viewer: Viewer, *, size: int, at: datetime) -> list[Served]:
    """Choose the first clips of a feed that is opened anew.

    A browser says which clips never came on screen as it leaves a page, and on a reload that is
    later than it asks for the next. So where nothing is left, those come again. Queries: 2, or 5.
    """
    served = next_clips(key, viewer, size=size, at=at)
    if not served and watching.take_back(key=key):
        served = next_clips(key, viewer, size=size, at=at)
    return served


def _candidates(rows: Sequence[Unseen], at: datetime) -> list[Candidate]:
    known, now = popularity.receptions(at=at), at.timestamp()
    return [
        Candidate(
            row.clip,
            row.creator,
            (now - row.published_s) / 3600,
            *known.get(row.clip, popularity.UNKNOWN),
            row.is_followed,
        )
        for row in rows
    ]
