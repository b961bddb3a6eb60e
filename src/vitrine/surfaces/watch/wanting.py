"""What of a clip a viewer can want no more of."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from vitrine.feed.models import Topics
from vitrine.videos.models import Clip, Remix, RemixKind

MOST_TOPICS = 6
"""Of one clip: a sheet has room for no more."""


@dataclass(frozen=True, slots=True)
class Refusable:
    """What a clip has beside its creator. sound_of: the clip whose sound it is; None: silent."""

    topics: Sequence[str]
    sound_of: int | None


def refusable(clip: Clip) -> Refusable:
    """Return what a clip has that can be wanted no more. Queries: 1, or 2 with a sound."""
    topics: list[str] = (
        Clip.objects.filter(pk=clip.pk)
        .annotate(topics=Topics(F("description")))
        .values_list("topics", flat=True)
        .get()
    )
    return Refusable(topics[:MOST_TOPICS], _sound_of(clip))


def _sound_of(clip: Clip) -> int | None:
    if not clip.has_sound:
        return None
    lent = Remix.objects.filter(clip=clip, kind=RemixKind.SOUND).values_list("origin", flat=True)
    return lent.first() or clip.pk
