"""See that every preparing ends, whatever died (V1)."""

from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext_noop

from vitrine.videos.models import Encoding, LeaseLost
from vitrine.videos.models.encoding import MOST_ATTEMPTS

AT_A_TIME = 200
POISON = gettext_noop(
    "Preparing this video stopped the machine three times. Export it again and send that."
)


def reap(*, at: datetime) -> int:
    """Order abandoned preparings again, or fail those tried too often; return how many.

    A dead worker's lease runs out 30 seconds after its last sign of life, and this runs every
    15, so that a killed worker's job goes on within a minute. What was tried too often comes
    first, for what waits its turn is ordered again each time. Queries: 1, and those of each.
    """
    abandoned = list(Encoding.objects.abandoned(at=at).order_by("-attempts", "pk")[:AT_A_TIME])
    for encoding in abandoned:
        if encoding.attempts < MOST_ATTEMPTS:
            encoding.order()
            continue
        with suppress(LeaseLost):
            encoding.fail(POISON, at=at)
    return len(abandoned)
