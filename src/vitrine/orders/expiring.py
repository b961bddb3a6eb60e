"""End holds whose time is over.

A hold ends by the clock: whoever needs the stock ends overdue holds first, and the sweeper task
only tidies. A charge that turns out good afterwards is let go (``settling``), never kept.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from vitrine.kernel import sweeping
from vitrine.orders.models import GroupState, Payment, PaymentState, Reservation, ReservationState
from vitrine.orders.routing import Need
from vitrine.orders.settling import fail_group

TIMED_OUT = gettext_noop("The time to pay was over. Nothing was charged.")


def end_overdue(needs: Sequence[Need], *, at: datetime) -> int:
    """End overdue holds on what is needed. Returns how many purchases were ended."""
    overdue = _overdue(at).filter(stock__variant_id__in={need.variant_id for need in needs})
    return end_all(overdue, at=at)


def sweep(*, at: datetime) -> int:
    """End every overdue hold. Returns how many purchases were ended."""
    return end_all(_overdue(at), at=at)


def end_all(overdue: "QuerySet[Reservation]", *, at: datetime) -> int:
    """End the purchases of overdue reservations, each in its own transaction."""
    group_ids = list(overdue.values_list("line__order__group_id", flat=True).distinct())
    return sum(sweeping.each(group_ids, partial(end, at=at)))


@transaction.atomic
def end(group_id: int, *, at: datetime) -> bool:
    """End one purchase that was not paid in time; False if it was settled meanwhile.

    Locks: the payment.
    """
    payment = Payment.objects.locked().get(group_id=group_id)
    if payment.group.state != GroupState.HELD or payment.group.expires_at > at:
        return False
    payment.state = PaymentState.ABANDONED
    payment.settled_at = at
    payment.save(update_fields=["state", "settled_at"])
    fail_group(payment, TIMED_OUT, ReservationState.EXPIRED, at=at)
    return True


def _overdue(at: datetime) -> "QuerySet[Reservation]":
    return Reservation.objects.filter(state=ReservationState.HELD, expires_at__lte=at)
