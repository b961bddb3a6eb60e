"""Pick-ups that nobody collects: the buyer is reminded, then the goods are free again."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from vitrine.kernel import sweeping
from vitrine.orders import handing_over
from vitrine.orders.handing_over import NotOpen
from vitrine.orders.models import Fulfilment, Order, OrderState
from vitrine.orders.settling import later

REMIND_BEFORE = timedelta(days=1)
AT_A_TIME = 500


def sweep(*, at: datetime) -> None:
    """Remind the buyers whose pick-ups end soon, and release those whose time is over."""
    sweeping.each(_waiting(until=at + REMIND_BEFORE, reminded_at=None), partial(remind, at=at))
    sweeping.each(_waiting(until=at), partial(release, at=at))


@transaction.atomic
def remind(order_id: int, *, at: datetime) -> None:
    """Remind a buyer once. The guard is in the write, and the mail leaves with it."""
    unreminded = Fulfilment.objects.filter(order=order_id, reminded_at=None)
    if unreminded.update(reminded_at=at):
        later("send_order_news", order_id=order_id, kind="reminder")


def release(order_id: int, *, at: datetime) -> None:
    """Cancel a pick-up whose time is over; a rival that hands it over or cancels it wins."""
    try:
        handing_over.release(Order.objects.get(pk=order_id), at=at)
    except NotOpen:
        return


def _waiting(*, until: datetime, **more: None) -> "QuerySet[Fulfilment, int]":
    ready = Fulfilment.objects.filter(order__state=OrderState.READY, collect_by_at__lte=until)
    found = ready.filter(**more).order_by("collect_by_at", "pk")
    return found.values_list("order_id", flat=True)[:AT_A_TIME]
