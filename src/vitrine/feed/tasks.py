"""What happens later: count views, refine what earned it, forget what was watched long ago."""

import time
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from vitrine.feed import (
    counting,
    deliveries,
    digests,
    earning,
    first_days,
    lookalikes,
    paid_posts,
    watching,
)
from vitrine.feed.days import local_day
from vitrine.feed.experiments import looking
from vitrine.feed.learning import anew, news, snapshots
from vitrine.feed.models import Digest, Tempo
from vitrine.feed.models.watch import LEARN

KEPT = timedelta(days=30)
DIGESTS_KEPT = timedelta(days=90)
GATHERED_S = 0.7
"""In a rush what is watched is learnt so often: the files of news are written whole."""
RESTS = 4
"""So many times as long as it learnt, the learner rests: a rush has a fifth of a core for it."""
MOST_RESTED_S = 10.0


@app.periodic(cron="17 * * * *")
@app.task(queue="learn", name="feed.forget", queueing_lock="feed.forget")
def forget(timestamp: int) -> None:
    """Forget watches, facts of views, who was how fast, and old digests; make the next days' room.

    Safe to run twice.
    """
    before = timezone.now() - KEPT
    Tempo.forget(at=timezone.now())
    watching.forget(before=before)
    counting.forget(before=local_day(before))
    counting.make_room(at=timezone.now())
    forget_digests(at=timezone.now())


@app.task(queue="learn", name=LEARN, queueing_lock=LEARN, lock=LEARN)
def learn() -> None:
    """Learn from what was just watched. Ordered by what notes it (``noting.WRITE``)."""
    time.sleep(max(GATHERED_S - snapshots.since_s(time.time()), 0))
    began_s = time.monotonic()
    if news.learn(at=timezone.now()) and anew.is_rested(at=timezone.now()):
        with suppress(AlreadyEnqueued), transaction.atomic():
            build.configure().defer(timestamp=0)
    time.sleep(min(RESTS * (time.monotonic() - began_s), MOST_RESTED_S))


@app.periodic(cron="47 * * * *")
@app.task(queue="learn", name="feed.build", queueing_lock="feed.build", lock="feed.build")
def build(timestamp: int) -> None:
    """Build what was learnt anew, if there was something in the last hour. Safe to run twice."""
    if anew.is_due(at=timezone.now()):
        anew.build()
        lookalikes.make(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="learn", name="feed.make_lookalikes", queueing_lock="feed.make_lookalikes")
def make_lookalikes(timestamp: int) -> None:
    """Make what people of shops have in common, where ads ask for it anew. Safe to run twice."""
    lookalikes.make(at=timezone.now())


@app.periodic(cron="41 3 * * *")
@app.task(queue="learn", name="feed.forget_deliveries", queueing_lock="feed.forget_deliveries")
def forget_deliveries(timestamp: int) -> None:
    """Forget which device was sent what. Safe to run twice."""
    deliveries.forget(before=timezone.now() - KEPT)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="learn", name="feed.count", queueing_lock="feed.count")
def count(timestamp: int) -> None:
    """Count views anew from their facts, and close the days that are over."""
    counting.roll_up(at=timezone.now())


@app.periodic(cron="43 4 * * *")
@app.task(queue="learn", name="feed.note_paid_posts", queueing_lock="feed.note_paid_posts")
def note_paid_posts(timestamp: int) -> None:
    """Note which clips are paid for, and whom they reached. Safe to run twice."""
    paid_posts.note(at=timezone.now())


@app.periodic(cron="53 * * * *")
@app.task(queue="learn", name="feed.look", queueing_lock="feed.look")
def look(timestamp: int) -> None:
    """Sum up what experiments change. Safe to run twice."""
    looking.look(at=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(queue="learn", name="feed.refine", queueing_lock="feed.refine")
def refine(timestamp: int) -> None:
    """Have clips that are watched often encoded more densely. Safe to run twice."""
    earning.refine(at=timezone.now())


@app.periodic(cron="37 * * * *")
@app.task(queue="learn", name="feed.note_first_days", queueing_lock="feed.note_first_days")
def note_first_days(timestamp: int) -> None:
    """Note how often new clips were shown in their first day. Safe to run twice."""
    first_days.note(at=timezone.now())


def forget_digests(*, at: datetime) -> None:
    """Delete what says that a digest was sent, when nobody would send it again. Queries: 1."""
    Digest.objects.filter(day__lt=local_day(at - DIGESTS_KEPT)).delete()


@app.periodic(cron="7 * * * *")
@app.task(queue="mail", name="feed.order_digests", queueing_lock="feed.order_digests")
def order_digests(timestamp: int) -> None:
    """Order the digests of the day, once its morning has come. Safe to run twice."""
    digests.order(at=timezone.now())


@app.task(queue="mail", name="feed.send_digest", retry=3)
def send_digest(digest_id: int) -> None:
    """Mail one digest. Run twice, it is sent once."""
    digests.send(Digest.objects.select_related("person").get(pk=digest_id), at=timezone.now())
