"""What happens later: encode, recover from dead workers, sweep."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from vitrine.videos import encoding, purging, reaping, scratch, sounding
from vitrine.videos.models import Encoding
from vitrine.videos.models.encoding import REFINED_LAST


@app.task(queue="encode", name="videos.encode")
def encode(encoding_id: int) -> None:
    """Prepare a clip. Safe to run twice."""
    scratch.sweep()
    found = Encoding.objects.select_related("clip").filter(pk=encoding_id).first()
    if found is not None:
        encoding.encode(found, clock=timezone.now)


# Not in the queue "encode": a long encode must not keep the reaper waiting.
@app.periodic(cron="* * * * * */15")
@app.task(queue="settle", name="videos.reap", queueing_lock="videos.reap")
def reap(timestamp: int) -> None:
    """Find preparings whose worker has died, and start them again or fail them."""
    reaping.reap(at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queue="settle", name="videos.sweep", queueing_lock="videos.sweep")
def sweep(timestamp: int) -> None:
    """Finish uploads that came whole, forget abandoned ones, purge deleted clips."""
    now = timezone.now()
    purging.finish_complete_uploads(before=now - timedelta(minutes=1), at=now)
    purging.forget_uploads(before=now - timedelta(days=7), at=now)
    purging.forget_parts()
    purging.forget_failed_uploads(before=now - timedelta(days=7))
    purging.purge_deleted_clips()
    scratch.sweep()
    if sounding.missing().exists():
        with suppress(AlreadyEnqueued), transaction.atomic():
            sounds.configure(priority=-REFINED_LAST).defer()


@app.task(queue="encode", name="videos.sounds", queueing_lock="videos.sounds")
def sounds() -> None:
    """Make sounds that clips of an earlier release lack, when nobody waits for an encode."""
    sounding.catch_up(at=timezone.now())
