"""What happens later: programs are told, and what was kept for them is forgotten."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.programs import delivering
from vitrine.programs.models import Delivery, Endpoint, KeptAnswer


@app.periodic(cron="* * * * *")
@app.task(queue="hooks", name="programs.order", queueing_lock="programs.order")
def order(timestamp: int) -> None:
    """Each minute: see which programs have something to hear."""
    delivering.order(at=timezone.now())


@app.task(queue="hooks", name="programs.deliver")
def deliver(endpoint_id: int) -> None:
    """Tell one endpoint what is due. Nothing is tried again here: each message has its own time."""
    endpoint = Endpoint.objects.told().select_related("merchant").filter(pk=endpoint_id).first()
    if endpoint is not None:
        delivering.deliver(endpoint, at=timezone.now())


@app.periodic(cron="37 * * * *")
@app.task(queue="hooks", name="programs.forget", queueing_lock="programs.forget")
def forget(timestamp: int) -> None:
    """Forget kept answers after 24 hours, and what was told after 30 days."""
    KeptAnswer.forget(at=timezone.now())
    Delivery.forget(at=timezone.now())
