"""What happens later: encode, draw and hear sound, publish on time, recover, sweep."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from vitrine.videos import (
    covers,
    encoding,
    hearing,
    purging,
    reaping,
    scheduling,
    scratch,
    sounding,
    tallying,
    waveform,
)
from vitrine.videos.models import Clip, Encoding, Hearing
from vitrine.videos.models.encoding import REFINED_LAST

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=5)
"""Over a day, ever more rarely: a store that is away comes back."""


@app.task(queue="encode", name="videos.encode")
def encode(encoding_id: int) -> None:
    """Prepare a clip. Safe to run twice."""
    scratch.sweep()
    found = Encoding.objects.select_related("clip").filter(pk=encoding_id).first()
    if found is not None:
        encoding.encode(found, clock=timezone.now)


@app.task(queue="settle", name="videos.draw_waveform")
def draw_waveform(clip_id: int) -> None:
    """Read how loud a clip is. A second or two, so it needs no queue of its own."""
    clip = Clip.objects.kept().filter(pk=clip_id).first()
    if clip is not None:
        waveform.draw(clip)


@app.task(queue="hear", name="videos.hear", lock="videos.hear")
def hear(clip_id: int) -> None:
    """Make captions by machine, one clip at a time: a model fills the memory of a machine."""
    found = (
        Hearing.objects.select_related("clip").filter(clip=clip_id, clip__deleted_at=None).first()
    )
    if found is not None:
        hearing.hear(found, load=hearing.ear, clock=timezone.now)


# Not in the queue "encode": a long encode must not keep the reaper waiting.
@app.periodic(cron="* * * * * */15")
@app.task(queue="settle", name="videos.reap", queueing_lock="videos.reap")
def reap(timestamp: int) -> None:
    """Find preparings whose worker has died, and start them again or fail them."""
    reaping.reap(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="videos.publish_due", queueing_lock="videos.publish_due")
def publish_due(timestamp: int) -> None:
    """Publish the drafts whose time has come."""
    scheduling.publish_due(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="videos.fold_tallies", queueing_lock="videos.fold_tallies")
def fold_tallies(timestamp: int) -> None:
    """Make the changes of profiles' numbers one sum again."""
    tallying.fold()


@app.task(queue="settle", name="videos.forget_cover", retry=AGAIN)
def forget_cover(key: str) -> None:
    """Remove a cover that was replaced, or whose choosing was cut off. Safe to run twice."""
    covers.forget(key)


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
