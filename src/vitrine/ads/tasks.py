"""What happens later: close leases that are over, post, count what followed from ads, forget."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.ads import counting, disbelieving, leasing, planning, posting, sharing


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="ads.close_leases", queueing_lock="ads.close_leases")
def close_leases(timestamp: int) -> None:
    """Free what leases that are over did not spend. Safe to run twice."""
    while leasing.close_over(at=timezone.now()) == leasing.MOST_CLOSED:
        pass


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="ads.post", queueing_lock="ads.post")
def post(timestamp: int) -> None:
    """Post in the ledger what ads cost. Safe to run twice."""
    posting.post_all(at=timezone.now())


@app.periodic(cron="41 5 * * *")
@app.task(queue="settle", name="ads.share", queueing_lock="ads.share")
def share(timestamp: int) -> None:
    """Give creators their share of what ads with their clips cost. Safe to run twice."""
    sharing.pay_all(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="settle", name="ads.count", queueing_lock="ads.count")
def count(timestamp: int) -> None:
    """Count how ads are received. Safe to run twice."""
    counting.count(at=timezone.now())


@app.periodic(cron="29 4 * * *")
@app.task(queue="settle", name="ads.forget", queueing_lock="ads.forget")
def forget(timestamp: int) -> None:
    """Forget who was shown what, and what was refused, long ago. Safe to run twice."""
    now = timezone.now()
    disbelieving.forget(at=now)
    planning.forget(at=now)
    counting.forget(at=now)
