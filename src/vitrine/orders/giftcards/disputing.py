"""A buyer's bank takes the price of a card back: it is stopped at once, and pays what it can.

What was spent of it by then its shop has got, and bears, as of any other sale.
"""

from datetime import datetime

from vitrine.ledger import accounts
from vitrine.orders import purses
from vitrine.orders.models import (
    CardDispute,
    CardSale,
    MoveKind,
    MoveState,
    Purse,
    PurseStepKind,
)
from vitrine.orders.payouts import clawing_back
from vitrine.orders.settling import later


def stop(dispute: CardDispute, sale: CardSale, *, at: datetime) -> None:
    """Stop the card of a new dispute, and tell its shop. The sale is held. Locks: the card."""
    card = Purse.objects.select_for_update(no_key=True).get(sale=sale)
    Purse.objects.filter(pk=card.pk, stopped_at=None).update(stopped_at=at)
    later("tell_shop_of_card", sale_id=sale.pk, about=dispute.public_id)


def let_pay_again(dispute: CardDispute, sale: CardSale) -> None:
    """Let the card of a dispute that was won pay again. The sale is held."""
    # Stopped for this dispute alone; whoever stopped it for another reason keeps it so.
    Purse.objects.filter(sale=sale, stopped_at=dispute.opened_at).update(stopped_at=None)


def take_back(dispute: CardDispute, sale: CardSale, *, at: datetime) -> None:
    """Take what the bank took from the card, and the rest from its shop. Locks: the card."""
    card = Purse.objects.select_for_update(no_key=True).get(sale=sale)
    left, key = _left(sale, card, dispute), f"dispute:{dispute.public_id}"
    dispute.from_card_minor = left
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


def _left(sale: CardSale, card: Purse, dispute: CardDispute) -> int:
    """Return what the card can pay of a dispute: nothing where its buyer gets it back already."""
    going = sale.moves.filter(kind=MoveKind.REFUND, state=MoveState.ASKED)
    return 0 if going.exists() else min(card.free_minor, dispute.amount_minor)
