"""A buyer's bank takes the price of a card back: it is stopped at once, and pays what it can.

What was spent of it by then its shop has got, and bears, as of any other sale.
"""

from datetime import datetime

from django.db import transaction

from vitrine.ledger import accounts
from vitrine.orders import purses
from vitrine.orders.models import (
    CardDispute,
    CardSale,
    DisputeState,
    MoveKind,
    MoveState,
    Purse,
    PurseStepKind,
)
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Claim
from vitrine.orders.payouts import clawing_back
from vitrine.orders.settling import later


def hear(provider: str, reference: str, *, at: datetime) -> CardDispute | None:
    """Ask the provider about a dispute and write down what it says; None if it is of no card.

    The same told twice changes nothing. No transaction is open. Raises: OutcomeUnknown.
    """
    claim = providers.named(provider).claim(reference=reference)
    if not claim.charge:
        return None
    sale = CardSale.objects.filter(provider=provider, reference=claim.charge).first()
    return _written(sale, claim, at=at) if sale is not None and sale.is_sold else None


@transaction.atomic
def _written(sale: CardSale, claim: Claim, *, at: datetime) -> CardDispute:
    """Write it down and stop the card, once. Locks: the sale, then its card."""
    sale = CardSale.objects.locked().get(pk=sale.pk)
    card = Purse.objects.select_for_update(no_key=True).get(sale=sale)
    dispute, is_new = CardDispute.objects.get_or_create(
        provider=sale.provider,
        reference=claim.reference,
        defaults={
            "sale": sale,
            "amount_minor": claim.amount_minor,
            "reason": claim.reason[:60],
            "state": DisputeState.NEEDS_RESPONSE,
            "due_at": claim.due_at,
            "opened_at": at,
        },
    )
    if is_new:
        Purse.objects.filter(pk=card.pk, stopped_at=None).update(stopped_at=at)
        later("tell_shop_of_card", sale_id=sale.pk, about=dispute.public_id)
    if dispute.is_closed or dispute.state == claim.state:
        return dispute
    dispute.state, dispute.due_at, dispute.fee_minor = claim.state, claim.due_at, claim.fee_minor
    match claim.state:
        case DisputeState.WON:
            dispute.closed_at = at
            # Stopped for this dispute alone; whoever stopped it for another reason keeps it so.
            Purse.objects.filter(pk=card.pk, stopped_at=dispute.opened_at).update(stopped_at=None)
        case DisputeState.LOST:
            dispute.closed_at = at
            dispute.from_card_minor = _left(sale, card, dispute)
            _take_back(dispute, sale, card, at=at)
    dispute.save()
    return dispute


def _left(sale: CardSale, card: Purse, dispute: CardDispute) -> int:
    """Return what the card can pay of a dispute: nothing where its buyer gets it back already."""
    going = sale.moves.filter(kind=MoveKind.REFUND, state=MoveState.ASKED)
    return 0 if going.exists() else min(card.free_minor, dispute.amount_minor)


def _take_back(dispute: CardDispute, sale: CardSale, card: Purse, *, at: datetime) -> None:
    """Take what the bank took from the card, and the rest from its shop. The card is held."""
    left, key = dispute.from_card_minor, f"dispute:{dispute.public_id}"
    if left:
        purses.note(card, PurseStepKind.DISPUTED, -left, key=key, at=at)
    clawing_back.claw_back(
        accounts.merchant(sale.merchant.public_id),
        key=key,
        provider=sale.provider,
        currency=sale.currency,
        amount_minor=dispute.amount_minor,
        fee_minor=dispute.fee_minor,
        reason=dispute.reason,
        at=at,
        stored={card.account: -left} if left else None,
    )
