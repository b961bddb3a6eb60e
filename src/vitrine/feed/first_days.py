"""A fair hearing: each new clip is to be shown so often in its first day, or a reason is kept.

New clips have a share of all places (``weights.RULES``) and draw for them. That is no promise of a
number: where there are few viewers, or others are stayed with longer, a clip gets less, and its
creator is told which of the two it was.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from vitrine.feed import weights
from vitrine.feed.models import FairHearing, FirstDay, Watch
from vitrine.videos.models import Clip

FIRST = timedelta(days=1)
LATEST = timedelta(days=7)
"""A cell that was away so long knows no more of a first day."""
TOLD_OF = timedelta(days=30)
AT_ONCE = 1_000


def note(*, at: datetime) -> int:
    """Note the first days that are over; return how many. Queries: 3 for each thousand."""
    noted = 0
    while found := list(_over(at)[:AT_ONCE]):
        average = _average(found, at)
        FirstDay.objects.bulk_create(
            [
                FirstDay(
                    clip_id=clip,
                    showings=showings,
                    average=average,
                    hearing=_hearing(showings, average, is_open=is_open),
                    noted_at=at,
                )
                for clip, showings, is_open in found
            ],
            ignore_conflicts=True,
        )
        noted += len(found)
    return noted


def heard(*, at: datetime) -> dict[FairHearing, int]:
    """Return how many clips of the last days had which hearing. Queries: 1."""
    found = FirstDay.objects.filter(noted_at__gt=at - TOLD_OF)
    counts = dict(found.values_list("hearing").annotate(Count("pk")).order_by())
    return {one: counts.get(one.value, 0) for one in FairHearing}


def _over(at: datetime) -> Any:
    """Return clips whose first day is over and not noted, with their showings, the oldest first."""
    shown = Watch.objects.filter(
        Q(watched_at__isnull=False) | Q(forgotten_at__isnull=False),
        clip=OuterRef("pk"),
        served_at__gte=OuterRef("published_at"),
        served_at__lt=OuterRef("published_at") + FIRST,
    )
    number = shown.order_by().values("clip").annotate(number=Count("pk")).values("number")
    listed = Clip.objects.listed_for(AnonymousUser()).filter(pk=OuterRef("pk"))
    return (
        Clip.objects.published()
        .filter(
            ~Exists(FirstDay.objects.filter(clip=OuterRef("pk"))),
            published_at__gt=at - LATEST,
            published_at__lte=at - FIRST,
        )
        .order_by("published_at", "pk")
        .values_list("pk", Coalesce(Subquery(number), 0), Exists(listed))
    )


def _average(found: list[tuple[int, int, bool]], at: datetime) -> int:
    """Return how often new clips were shown on average: these, and those of the day before."""
    open_ones = [showings for _, showings, is_open in found if is_open]
    noted = FirstDay.objects.filter(noted_at__gt=at - FIRST).exclude(hearing=FairHearing.NOT_OPEN)
    known = noted.aggregate(count=Count("pk"), showings=Sum("showings", default=0))
    count = len(open_ones) + known["count"]
    return round((sum(open_ones) + known["showings"]) / count) if count else 0


def _hearing(showings: int, average: int, *, is_open: bool) -> FairHearing:
    if showings >= weights.HARDLY_SHOWN:
        return FairHearing.FAIR
    if not is_open:
        return FairHearing.NOT_OPEN
    return FairHearing.FEW_PLACES if average < weights.HARDLY_SHOWN else FairHearing.OUTDRAWN
