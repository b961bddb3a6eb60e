"""What happens later: forget what was watched long ago."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.feed import watching

KEPT = timedelta(days=30)


@app.periodic(cron="17 * * * *")
@app.task(queue="learn", name="feed.forget", queueing_lock="feed.forget")
def forget(timestamp: int) -> None:
    """Forget watches past their time. Safe to run twice."""
    watching.forget(before=timezone.now() - KEPT)
