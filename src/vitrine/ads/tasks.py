"""What happens later: close leases that are over, forget what was refused."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.ads import disbelieving, leasing


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="ads.close_leases", queueing_lock="ads.close_leases")
def close_leases(timestamp: int) -> None:
    """Free what leases that are over did not spend. Safe to run twice."""
    while leasing.close_over(at=timezone.now()) == leasing.MOST_CLOSED:
        pass


@app.periodic(cron="29 4 * * *")
@app.task(queue="settle", name="ads.forget", queueing_lock="ads.forget")
def forget(timestamp: int) -> None:
    """Forget what was refused long ago. Safe to run twice."""
    disbelieving.forget(at=timezone.now())
