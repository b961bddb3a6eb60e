"""Work that happens later. Each is safe to run twice."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.commission import sampling


@app.periodic(cron="51 * * * *")
@app.task(queue="settle", name="commission.forget", queueing_lock="commission.forget")
def forget(timestamp: int) -> None:
    """Each hour: forget the addresses of samples that are over."""
    sampling.forget_addresses(at=timezone.now())
