"""See that every preparing ends, whatever died (V1)."""

from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext_noop

from vitrine.videos.models import Encoding, LeaseLost
from vitrine.videos.models.encoding import MOST_ATTEMPTS

POISON = gettext_noop(
    "Preparing this video stopped the machine three times. Export it again and send that."
)


def reap(*, at: datetime) -> int:
    """Order abandoned preparings again, or fail those tried too often; return how many.

    A dead worker's lease runs out 30 seconds after its last sign of life, and this runs every
    15, so that a killed worker's job goes on within a minute.
    """
    abandoned = Encoding.objects.abandoned(at=at)
    poison = list(abandoned.filter(attempts__gte=MOST_ATTEMPTS).order_by("pk")[:200])
    for poisonous in poison:
        with suppress(LeaseLost):
            poisonous.fail(POISON, at=at)
    orphans = list(abandoned.filter(attempts__lt=MOST_ATTEMPTS).order_by("pk")[:200])
    for orphan in orphans:
        orphan.order()
    return len(poison) + len(orphans)
