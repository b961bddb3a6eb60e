"""The reads for what a person watched, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from vitrine.accounts.models import Person
from vitrine.feed import screen_time
from vitrine.feed.days import local_day
from vitrine.feed.models import Watch
from vitrine.kernel import paging
from vitrine.videos.models import Clip

SHOWN = 40
WEEK = 7


@dataclass(frozen=True, slots=True)
class Watched:
    """One page of a history, the latest day first."""

    days: Sequence[tuple[date, Sequence[Clip]]]
    next_cursor: str | None


def watched(person: Person, *, cursor: str | None) -> Watched:
    """Return what a person watched, as far as they may see it now. Queries: 1."""
    theirs = Watch.objects.filter(viewer=person.public_id, watched_ms__gt=0)
    of_clip = theirs.filter(clip=OuterRef("pk"))
    clips = (
        Clip.objects.visible_to(person)
        .filter(pk__in=theirs.values("clip"))
        .select_related("creator")
        .annotate(
            watched_at=Subquery(of_clip.values(at=Coalesce("watched_at", "served_at"))[:1]),
            watched_ms=Subquery(of_clip.values("watched_ms")[:1]),
        )
    )
    found = paging.newest_first(clips, by="watched_at", cursor=cursor, size=SHOWN)
    days: dict[date, list[Clip]] = {}
    for clip in found.rows:
        shown: Any = clip
        days.setdefault(local_day(shown.watched_at), []).append(clip)
    return Watched(list(days.items()), found.next_cursor)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, in percent of its height. top: where the bar begins."""

    day: date
    minutes: int
    left: int
    top: float
    height: float


def week(person: Person, *, at: datetime) -> Sequence[Bar]:
    """Return how long a person watched on each of the last seven days. Queries: 1."""
    days = screen_time.by_day(person, days=WEEK, at=at)
    minutes = [round(ms / screen_time.MINUTE_MS) for _, ms in days]
    most = max([*minutes, 1])
    heights = [round(100 * each / most, 1) for each in minutes]
    return [
        Bar(day, each, left=number * 100, top=100 - height, height=height)
        for number, ((day, _), each, height) in enumerate(zip(days, minutes, heights, strict=True))
    ]
