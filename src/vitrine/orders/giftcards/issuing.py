"""Issue a card once it is paid, and empty it again once its money went back.

The card is issued in the transaction that learns that its money was taken, and only there.
"""

import secrets
from datetime import datetime

from vitrine.ledger import accounts
from vitrine.orders import purses
from vitrine.orders.giftcards import codes
from vitrine.orders.models import (
    CardMove,
    CardSale,
    DisputeState,
    Purse,
    PurseKind,
    PurseStepKind,
    SaleState,
)
from vitrine.orders.settling import later


def issue(sale: CardSale, move: CardMove, *, at: datetime) -> None:
    """Issue the card that was paid: the one place where a card is sold. The sale is held."""
    seed = secrets.token_bytes(32)
    card = Purse(
        kind=PurseKind.CARD,
        merchant=sale.merchant,
        currency=sale.currency,
        issued_at=at,
        **codes.kept(codes.made_from(seed)),
    )
    card.save()
    purses.move(
        card,
        PurseStepKind.BOUGHT,
        move.amount_minor,
        key=move.key,
        other=accounts.provider(sale.provider),
        at=at,
    )
    sale.state, sale.purse, sale.paid_at = SaleState.PAID, card, at
    sale.code_seed, sale.letters = seed, 1
    sale.save()
    later("send_card_receipt", sale_id=sale.pk)
    if sale.send_at is None or sale.send_at <= at:
        later("send_card", sale_id=sale.pk)


def take_back(sale: CardSale, move: CardMove, *, at: datetime) -> None:
    """Post what went back to the buyer: the card holds nothing any more. The sale is held."""
    card = Purse.objects.select_related("merchant").get(sale=sale)
    purses.move(
        card,
        PurseStepKind.RETURNED,
        -move.amount_minor,
        key=move.key,
        other=accounts.provider(sale.provider),
        at=at,
    )
    sale.state, sale.code_seed = SaleState.REFUNDED, None
    sale.save(update_fields=["state", "code_seed"])
    later("send_card_refunded", sale_id=sale.pk)


def let_pay_again(sale: CardSale, move: CardMove) -> None:
    """Let a card pay again whose refund the bank refused. The sale is held."""
    # Stopped for this refund alone; whoever stopped it otherwise had another reason.
    alone = Purse.objects.filter(sale=sale, stopped_at=move.asked_at)
    if not sale.disputes.exclude(state=DisputeState.WON).exists():
        alone.update(stopped_at=None)
