"""How clips are received: counted over the last days, kept in the process for a minute."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from vitrine.feed import ranking
from vitrine.feed.models import Watch
from vitrine.videos.models import Like

WINDOW = timedelta(days=7)
KEPT_FOR = timedelta(seconds=60)


class Reception(NamedTuple):
    """How well a clip was received (``ranking.appeal``), and how often it was shown."""

    appeal: float
    shown: int


UNKNOWN = Reception(ranking.appeal(shown=0, finished=0, liked=0), 0)

_lock = threading.Lock()
_counted: tuple[datetime, Mapping[int, Reception]] | None = None


def receptions(*, at: datetime) -> Mapping[int, Reception]:
    """Return the reception of every clip shown in the last days, by primary key.

    While one thread counts anew, the others go on with the old numbers. Queries: 0 or 2.
    """
    global _counted
    known = _counted
    if known is not None and abs(at - known[0]) < KEPT_FOR:
        return known[1]
    if not _lock.acquire(blocking=known is None):
        return known[1] if known else {}
    try:
        _counted = (at, _count(at))
        return _counted[1]
    finally:
        _lock.release()


def forget() -> None:
    """Count anew at the next call."""
    global _counted
    _counted = None


def _count(at: datetime) -> dict[int, Reception]:
    since = at - WINDOW
    likes = dict(
        Like.objects.filter(at__gte=since).values_list("clip").annotate(Count("pk")).order_by()
    )
    watches = (
        Watch.objects.filter(served_at__gte=since)
        .values("clip")
        .annotate(
            shown=Count("pk", filter=Q(watched_ms__gt=0)),
            finished=Count("pk", filter=Q(completed_at__isnull=False)),
        )
        .order_by()
    )
    return {
        row["clip"]: Reception(
            ranking.appeal(
                shown=row["shown"], finished=row["finished"], liked=likes.get(row["clip"], 0)
            ),
            row["shown"],
        )
        for row in watches
    }
