"""What happens later: count views, refine what earned it, forget what was watched long ago."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.feed import counting, deliveries, earning, watching
from vitrine.feed.days import local_day

KEPT = timedelta(days=30)


@app.periodic(cron="17 * * * *")
@app.task(queue="learn", name="feed.forget", queueing_lock="feed.forget")
def forget(timestamp: int) -> None:
    """Forget watches and the facts of views past their time. Safe to run twice."""
    before = timezone.now() - KEPT
    watching.forget(before=before)
    counting.forget(before=local_day(before))


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


@app.periodic(cron="23 * * * *")
@app.task(queue="learn", name="feed.refine", queueing_lock="feed.refine")
def refine(timestamp: int) -> None:
    """Have clips that are watched often encoded more densely. Safe to run twice."""
    earning.refine(at=timezone.now())
