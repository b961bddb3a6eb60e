"""Move the money of a card's charge: stored first, asked of the provider, then settled.

The card is issued in the transaction that learns that its money was taken, and only there.
"""

import secrets
from datetime import datetime

from django.db import transaction

from vitrine.ledger import accounts
from vitrine.orders import purses
from vitrine.orders.giftcards import codes
from vitrine.orders.models import (
    CardMove,
    CardSale,
    DisputeState,
    MoveKind,
    MoveState,
    Purse,
    PurseKind,
    PurseStepKind,
    SaleState,
)
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.orders.settling import later


def make(key: str, *, at: datetime) -> CardMove:
    """Ask the provider for a stored move and settle what it says. No transaction is open.

    No answer in time leaves it asked, for the poller. Safe to call again.
    """
    move = CardMove.objects.select_related("sale").get(key=key)
    if move.state != MoveState.ASKED:
        return move
    try:
        providers.ask(
            move.sale.provider,
            move.kind,
            key=move.key,
            reference=move.sale.reference,
            amount_minor=move.amount_minor,
        )
    except OutcomeUnknown:
        return move
    except ProviderRefused as refused:
        return _settle_refused(move, refused.text, at=at)
    return _settle_done(move, at=at)


def ask(sale: CardSale, kind: MoveKind, *, at: datetime, reason: str = "") -> None:
    """Store a move of all of a sale's money, once, for whoever makes it first. The sale is held."""
    move = CardMove(
        sale=sale,
        key=f"{kind}:{sale.public_id}",
        kind=kind,
        amount_minor=sale.amount_minor,
        reason=reason,
        asked_at=at,
    )
    CardMove.objects.bulk_create([move], ignore_conflicts=True)
    later("make_card_move", key=move.key)


def silent(*, asked_before: datetime) -> list[str]:
    """Return the keys of moves that the provider has not answered."""
    asked = CardMove.objects.filter(state=MoveState.ASKED, asked_at__lt=asked_before)
    return list(asked.order_by("pk").values_list("key", flat=True))


@transaction.atomic
def _settle_done(move: CardMove, *, at: datetime) -> CardMove:
    """Record that the provider moved the money, once. Locks: the sale."""
    sale, move = _locked(move)
    if move.state != MoveState.ASKED:
        return move
    move.state, move.settled_at = MoveState.DONE, at
    move.save(update_fields=["state", "settled_at"])
    match move.kind:
        case MoveKind.CAPTURE:
            _issue(sale, move, at=at)
        case MoveKind.REFUND:
            _take_back(sale, move, at=at)
    return move


@transaction.atomic
def _settle_refused(move: CardMove, reason: str, *, at: datetime) -> CardMove:
    """Record that the provider would not: no card, or one that pays again. Locks: the sale.

    What was set aside and could not be taken is let go: nobody is kept from their own money.
    """
    sale, move = _locked(move)
    if move.state != MoveState.ASKED:
        return move
    move.state, move.reason, move.settled_at = MoveState.REFUSED, reason[:200], at
    move.save(update_fields=["state", "reason", "settled_at"])
    match move.kind:
        case MoveKind.CAPTURE:
            sale.state, sale.decline_reason = SaleState.DECLINED, reason[:200]
            sale.save(update_fields=["state", "decline_reason"])
            ask(sale, MoveKind.VOID, at=at, reason="It was not taken")
        case MoveKind.REFUND:
            # Stopped for this refund alone; whoever stopped it otherwise had another reason.
            alone = Purse.objects.filter(sale=sale, stopped_at=move.asked_at)
            if not sale.disputes.exclude(state=DisputeState.WON).exists():
                alone.update(stopped_at=None)
    return move


def _issue(sale: CardSale, move: CardMove, *, at: datetime) -> None:
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


def _take_back(sale: CardSale, move: CardMove, *, at: datetime) -> None:
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


def _locked(move: CardMove) -> tuple[CardSale, CardMove]:
    sale = CardSale.objects.locked().get(pk=move.sale_id)
    return sale, CardMove.objects.get(pk=move.pk)
