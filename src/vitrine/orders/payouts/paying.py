"""What becomes of a payout: sent, paid, or bounced. Locks: the payout."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders.models import BankAccount, Payout, PayoutFile, PayoutState
from vitrine.orders.payouts import notices

CLEARS_AFTER = timedelta(days=4)
"""How long after it was handed to a bank a payout that did not come back counts as paid."""


class NotThere(Refusal):
    """The payout is not where this would be possible."""

    code = "payout_elsewhere"
    message = "This payout is not at that point any more. Reload the page to see where it stands."


def send(payout: Payout, *, at: datetime, file: PayoutFile | None = None, ref: str = "") -> None:
    """Note that a payout was handed to the bank or the provider. Raises: NotThere."""
    with _held(payout, PayoutState.PLANNED) as fresh:
        fresh.state, fresh.sent_at, fresh.file, fresh.reference = PayoutState.SENT, at, file, ref
        fresh.save(update_fields=["state", "sent_at", "file", "reference"])


def confirm(payout: Payout, *, at: datetime, source: str = accounts.BANK) -> None:
    """Note that the money left. source: the account that it left. Raises: NotThere."""
    with _held(payout, PayoutState.SENT) as fresh:
        fresh.state, fresh.paid_at, fresh.source = PayoutState.PAID, at, source
        fresh.save(update_fields=["state", "paid_at", "source"])
        _post(fresh, "paid", {fresh.payee.in_transit: -1, source: 1}, at=at)


def bounce(payout: Payout, *, reason: str, at: datetime, through: str = "") -> None:
    """Give money that came back to its payee, tell them why, and pay that bank no more.

    through: the account that it left and came back to, though nobody noted yet that it left; each
    way is then posted, as the provider's report tells both. Raises: NotThere.
    """
    with _held(payout, PayoutState.PLANNED, PayoutState.SENT, PayoutState.PAID) as fresh:
        leaves_now = bool(through) and fresh.paid_at is None
        if leaves_now:
            fresh.paid_at, fresh.source = at, through
        came_from = fresh.source or fresh.payee.in_transit
        fresh.state, fresh.bounced_at, fresh.reason = PayoutState.BOUNCED, at, reason[:200]
        fresh.save(update_fields=["state", "paid_at", "source", "bounced_at", "reason"])
        BankAccount.objects.filter(pk=fresh.bank_id, refused_at=None).update(refused_at=at)
        if leaves_now:
            _post(fresh, "paid", {fresh.payee.in_transit: -1, through: 1}, at=at)
        _post(fresh, "bounced", {came_from: -1, fresh.payee.available: 1}, at=at)
        notices.tell_of_bounce(fresh, at=at)


def call_off(payout: Payout, *, reason: str, at: datetime) -> None:
    """Make money available again that was planned and not sent. Raises: NotThere."""
    with _held(payout, PayoutState.PLANNED) as fresh:
        fresh.state, fresh.bounced_at, fresh.reason = PayoutState.BOUNCED, at, reason[:200]
        fresh.save(update_fields=["state", "bounced_at", "reason"])
        _post(fresh, "bounced", {fresh.payee.in_transit: -1, fresh.payee.available: 1}, at=at)


def confirm_cleared(*, at: datetime) -> None:
    """Count as paid what went by file and has not come back for days."""
    cleared = Payout.objects.filter(
        state=PayoutState.SENT, sent_at__lte=at - CLEARS_AFTER, file__isnull=False
    )
    for payout in cleared.order_by("pk"):
        confirm(payout, at=at)


@contextmanager
def _held(payout: Payout, *states: PayoutState) -> Iterator[Payout]:
    with transaction.atomic():
        fresh = Payout.objects.locked().get(pk=payout.pk)
        if fresh.state not in states:
            raise NotThere
        yield fresh


def _post(payout: Payout, step: str, signs: dict[str, int], *, at: datetime) -> None:
    posting.post(
        key=f"{step}:{payout.public_id}",
        legs={code: sign * payout.amount_minor for code, sign in signs.items()},
        currency=payout.currency,
        reason=Reason("payout", payout.public_id),
        at=at,
    )
