"""Tell of purchases that were placed: notices, what is kept for the next time, and the receipt.

Each has a row from the statement that placed it until its receipt went (``DueReceipt``), and one
job goes through all rows that there are: a job for each took a quarter of what a purchase costs.
Source: docs/adr/0088-receipts-that-join.md.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from vitrine.kernel import sweeping
from vitrine.orders import keeping, news, notices, receipts, sharing
from vitrine.orders.models import DueReceipt
from vitrine.orders.receipts import Receipt

log = logging.getLogger(__name__)

AT_ONCE = 25
"""So many are told of together. Who is killed after mailing mails as many again."""

AGAIN_AFTER = timedelta(minutes=1)
"""How long a letter that did not go waits, four times as long after each try."""
TRIES = 5


def send_due(*, at: datetime) -> int:
    """Tell of those that are due, the first ones first; return how many were looked at.

    One that fails is tried again later, and holds up no other.
    """
    due = list(DueReceipt.objects.filter(due_at__lte=at).order_by("group_id")[:AT_ONCE])
    if not due:
        return 0
    bought = receipts.read([one.pk for one in due])
    went = set(news.send_receipts(_told(bought, at=at)))
    _wait([one for one in due if one.pk not in went], at=at)
    DueReceipt.objects.filter(pk__in=went).delete()
    return len(due)


def _told(bought: Sequence[Receipt], *, at: datetime) -> Sequence[Receipt]:
    """Tell of several together, or, where that fails, of each alone; return those told of."""
    try:
        return _tell(bought, at=at)
    except Exception:
        log.exception("%s purchases cannot be told of together: each is tried alone", len(bought))
        return sweeping.each(bought, lambda receipt: _tell([receipt], at=at)[0])


@transaction.atomic
def _tell(bought: Sequence[Receipt], *, at: datetime) -> Sequence[Receipt]:
    met = [part.order.pk for receipt in bought for part in receipt.parts if part.is_met]
    sharing.reckon_those_later(met)
    notices.tell_of_purchases(
        [(one.group, part.order) for one in bought for part in one.parts], at=at
    )
    keeping.remember([receipt.group for receipt in bought], at=at)
    return bought


def _wait(failed: Sequence[DueReceipt], *, at: datetime) -> None:
    """Have those whose receipt did not go tried again, and give up those that never go."""
    for one in failed:
        one.due_at = at + AGAIN_AFTER * 4**one.tries
        one.tries += 1
        if one.tries < TRIES:
            one.save(update_fields=["due_at", "tries"])
        else:
            log.error("receipt of purchase %s given up", one.pk)
            one.delete()
