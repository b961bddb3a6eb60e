"""Work that happens later. Each is safe to run twice."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.commission import paid_out, reckoning, sampling


@app.task(queue="settle", name="commission.reckon", retry=5)
def reckon(order_id: int) -> None:
    """Bring what creators have of an order to what is due."""
    reckoning.reckon(order_id, at=timezone.now())


@app.periodic(cron="21 * * * *")
@app.task(queue="settle", name="commission.release", queueing_lock="commission.release")
def release(timestamp: int) -> None:
    """Each hour: reckon with what was forgotten, release what is due, tell who was paid."""
    now = timezone.now()
    reckoning.sweep(at=now)
    paid_out.tell(at=now)


@app.periodic(cron="51 * * * *")
@app.task(queue="settle", name="commission.forget", queueing_lock="commission.forget")
def forget(timestamp: int) -> None:
    """Each hour: end what shops say no more of, and forget the addresses of what is over."""
    now = timezone.now()
    sampling.lapse(at=now)
    sampling.forget_addresses(at=now)
