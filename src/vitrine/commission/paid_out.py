"""Payouts to creators, by the same machine as to shops: told once, and found for a commission."""

from datetime import datetime, timedelta

from vitrine.accounts.models import Person
from vitrine.commission import notices
from vitrine.commission.models import Commission
from vitrine.orders.models import Payout, PayoutState

LOOKED_BACK = timedelta(days=7)


def tell(*, at: datetime) -> None:
    """Tell creators of the money that was sent to their banks. Again is no error."""
    sent = Payout.objects.filter(payee_kind="creator", sent_at__gt=at - LOOKED_BACK)
    sent = sent.exclude(state=PayoutState.BOUNCED).order_by("pk")
    people = dict(
        Person.objects.filter(public_id__in=sent.values("payee_id")).values_list("public_id", "pk")
    )
    for payout in sent:
        notices.tell_of_payout(people[payout.payee_id], payout.public_id, at=at)


def of(one: Commission) -> Payout | None:
    """Return the payout that a commission went with: a turn pays all that is available then.

    The first one that was planned since it is available and did not come back. Queries: 0 or 1.
    """
    if one.released_at is None:
        return None
    planned = Payout.objects.to(one.payee).filter(planned_at__gte=one.released_at)
    return planned.exclude(state=PayoutState.BOUNCED).order_by("planned_at", "pk").first()
