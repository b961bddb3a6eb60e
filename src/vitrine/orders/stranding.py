"""Book back a refund that the buyer's bank would not take, and give it in another way.

Heard from the provider, days after the refund was made. The money is with the provider again, and
is owed to the buyer until somebody of the operator's staff has paid it. Again is no error.
"""

from datetime import datetime

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders import moving
from vitrine.orders.charges import kinds
from vitrine.orders.charges import moving as charge_moving
from vitrine.orders.models import (
    ChargeMove,
    MoveKind,
    MoveState,
    OrderEvent,
    Payment,
    PaymentMove,
    StrandedRefund,
)
from vitrine.orders.payment import providers


class GivenAlready(Refusal):
    """Somebody has said that the buyer has it."""

    code = "stranded_given"
    message = "Somebody has paid this already. Reload the page to see how."


def hear(provider: str, reference: str, *, at: datetime) -> StrandedRefund | None:
    """Ask what became of a refund, and book it back if it came back; None: it did not.

    No transaction is open. Raises: OutcomeUnknown, ProviderRefused.
    """
    told = providers.named(provider).returned(reference=reference)
    if told is None:
        return None
    move = _asked_by(provider, told.key)
    if move is None:
        return None
    if move.state == MoveState.ASKED:  # whose own answer was lost: it was made, and came back
        make = moving.make if isinstance(move, PaymentMove) else charge_moving.make
        move = make(move.key, at=at)
    return book_back(move, told.reason, at=at) if move.state == MoveState.DONE else None


def _asked_by(provider: str, key: str) -> PaymentMove | ChargeMove | None:
    """Return the refund of an order, or of another charge, that has a key."""
    mine = PaymentMove.objects.filter(key=key, payment__provider=provider, kind=MoveKind.REFUND)
    move = mine.first() or kinds.find_move(key=key, kind=MoveKind.REFUND)
    if isinstance(move, ChargeMove) and move.charged.provider != provider:
        return None
    return move


@transaction.atomic
def book_back(move: PaymentMove | ChargeMove, reason: str, *, at: datetime) -> StrandedRefund:
    """Write it down and book it back, once. Locks: the payment, or what was charged."""
    if isinstance(move, PaymentMove):
        payment = Payment.objects.locked().get(pk=move.payment_id)
        provider, currency, amount = payment.provider, payment.group.currency, move.asked_minor
        of: dict[str, PaymentMove | ChargeMove] = {"move": move}
    else:
        charged = move.charged.held()
        provider, currency, amount = charged.provider, charged.currency, move.amount_minor
        of = {move.STRANDED_AS: move}
    made, is_new = StrandedRefund.objects.get_or_create(
        **of,
        defaults={
            "provider": provider,
            "currency": currency,
            "amount_minor": amount,
            "reason": reason[:200],
            "at": at,
        },
    )
    if is_new:
        legs = {accounts.provider(provider): -amount, accounts.REFUNDS_OWED: amount}
        _post(made, f"stranded:{made.public_id}", legs, at=at)
        if isinstance(move, PaymentMove) and move.order is not None:
            OrderEvent.record(move.order, "refund_stranded", at=at, note=made.reason)
    return made


@transaction.atomic
def give(stranded: StrandedRefund, how: str, *, by: Person, at: datetime) -> None:
    """Say how the buyer got the money, out of the operator's own account. Raises: GivenAlready."""
    held = StrandedRefund.objects.select_for_update(no_key=True).get(pk=stranded.pk)
    if held.given_at is not None:
        raise GivenAlready
    held.given_at, held.given_by, held.how = at, by, how
    held.save(update_fields=["given_at", "given_by", "how"])
    legs = {accounts.REFUNDS_OWED: -held.amount_minor, accounts.BANK: held.amount_minor}
    _post(held, f"given:{held.public_id}", legs, at=at)


def _post(of: StrandedRefund, key: str, legs: dict[str, int], *, at: datetime) -> None:
    reason = Reason("stranded", of.public_id)
    posting.post(key=key, legs=legs, currency=of.currency, reason=reason, at=at)
