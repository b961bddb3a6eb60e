"""Let drafts go out at the time that their creators chose."""

from datetime import datetime

from django.db import transaction

from vitrine.kernel import sweeping
from vitrine.kernel.errors import Refusal
from vitrine.videos.models import Clip


def publish_due(*, at: datetime) -> int:
    """Publish each draft whose time has come; return how many. Safe to run twice, and at once.

    Whenever a worker comes back, what is late goes out. What is refused says why, in the studio,
    and is tried again for a day.
    """
    due = list(Clip.objects.due(at=at).order_by("scheduled_at", "pk").values_list("pk", flat=True))
    return sum(sweeping.each(due, lambda pk: _publish(pk, at=at)))


@transaction.atomic
def _publish(pk: int, *, at: datetime) -> bool:
    """Publish one draft if it is still due: its creator may have changed the time meanwhile."""
    due = Clip.objects.due(at=at).select_for_update(skip_locked=True)
    clip = due.filter(pk=pk).first()
    if clip is None:
        return False
    try:
        clip.publish(at=at)
    except Refusal as refused:
        clip.delay(refused, at=at)
        return False
    return True
