"""What happens later: likes are counted, words are counted, prices turn."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.catalog import turning
from vitrine.search import keeping


@app.periodic(cron="*/5 * * * *")
@app.task(queue="learn", name="search.add_words", queueing_lock="search.add_words")
def add_words(timestamp: int) -> None:
    """Learn the words of what is new. Safe to run twice."""
    keeping.add_words(since=timezone.now() - timedelta(minutes=15))


@app.periodic(cron="41 * * * *")
@app.task(queue="learn", name="search.count", queueing_lock="search.count")
def count(timestamp: int) -> None:
    """Count words, likes, followers and tags. Safe to run twice."""
    keeping.count_received(since=timezone.now() - timedelta(hours=2))
    keeping.forget_facets()
    with transaction.atomic():
        keeping.count_words()


@app.periodic(cron="* * * * *")
@app.task(queue="learn", name="search.turn", queueing_lock="search.turn")
def turn(timestamp: int) -> None:
    """Enter what costs something else from now on, and what is there or gone. Safe to run twice."""
    now = timezone.now()
    turning.settle(at=now)
    keeping.turn(at=now)
