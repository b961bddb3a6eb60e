"""Spend processor time where it saves bytes: on clips that many people watch."""

from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from vitrine.feed.models import ClipDay
from vitrine.videos.models import Clip, Encoding, EncodingState

AT_A_TIME = 50


def refine(*, at: datetime) -> int:
    """Order the denser rendition of published clips whose views earned it; return how many.

    Qualified views only: reach alone can be had by scrolling past. Queries: 1, and 4 a clip.
    """
    if not settings.VITRINE_AV1_VIEWS:
        return 0
    watched = ClipDay.objects.values("clip").annotate(views=Sum("qualified"))
    earned = watched.filter(views__gte=settings.VITRINE_AV1_VIEWS).values("clip")
    ready = Encoding.objects.filter(
        state=EncodingState.READY,
        refined_from=None,
        clip__in=Clip.objects.published().filter(pk__in=earned),
    )
    return sum(one.refine(at=at) for one in ready.order_by("pk")[:AT_A_TIME])
