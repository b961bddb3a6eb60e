"""What a person watched, as they remember it: taken out, cleared, and not kept at all."""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from vitrine.accounts.models import Person
from vitrine.ads import counting, dealings
from vitrine.feed.aliases import alias
from vitrine.feed.models import Exposure, Slate, Telling, Watch
from vitrine.videos.models import Clip


def forget(person: Person, *, clip: Clip | None = None, at: datetime) -> None:
    """Forget how a clip was watched, or all of them; again is no error.

    Queries: 3, 3 more for all of them, and 1 a day. Of the watches only stays that the clip
    was shown, so that it does not come again at once; the facts that views are counted from stay
    under names of nobody's.
    """
    watches = Watch.objects.filter(viewer=person.public_id, watched_ms__gt=0)
    slates = Slate.objects.filter(viewer=person.public_id)
    told = Telling.objects.filter(viewer=person.public_id)
    if clip is not None:
        watches, told = watches.filter(clip=clip), told.filter(clips__contains=[clip.pk])
        slates = slates.filter(Q(clips__contains=[clip.pk]) | Q(causes__contains=[clip.pk]))
    with transaction.atomic():
        slates.delete()
        if clip is None:
            counting.stop_measuring(person.public_id)
            Exposure.objects.filter(viewer=person.public_id).delete()
            dealings.start_afresh(person.public_id, at=at)
        watches.update(
            watched_ms=0,
            loops=0,
            stayed_at=None,
            completed_at=None,
            watched_at=None,
            forgotten_at=at,
        )
        for day in list(told.order_by().values_list("day", flat=True).distinct()):
            nobody = alias(person.public_id, day)
            if clip is None:
                told.filter(day=day).update(viewer=nobody)
            else:
                _part(person.public_id, clip.pk, day, nobody)


def _part(viewer: str, clip: int, day: date, nobody: str) -> None:
    """Give facts of a clip to nobody, out of what was told with them. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_telling_part(%s, %s, %s, %s)", [viewer, clip, day, nobody])
