"""Give a card's money back while nothing of it is spent, and send its code again."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vitrine.kernel.errors import Refusal
from vitrine.orders.giftcards import codes
from vitrine.orders.models import CardMove, CardSale, DisputeState, MoveKind, MoveState, Purse
from vitrine.orders.models import SaleState as State
from vitrine.orders.settling import later

WITHIN = timedelta(days=14)
"""How long after paying a buyer can change their mind."""
MOST_LETTERS = 6


class NotGivenBack(Refusal):
    """Its time is over, something is spent, or a bank is taking it back."""

    code = "card_not_given_back"
    message = (
        "A gift card can be given back within 14 days while nothing of it is spent. "
        "That is over for this one."
    )


class NotSentAgain(Refusal):
    """Whoever has the code has used it, or enough letters were sent."""

    code = "card_not_sent_again"
    message = (
        "The code cannot be sent again: the card was used or stopped, or it was sent often enough."
    )


def until(sale: CardSale) -> datetime | None:
    """Return until when a card can be given back; None where it was not paid."""
    return sale.paid_at + WITHIN if sale.paid_at and sale.state == State.PAID else None


def is_possible(sale: CardSale, *, at: datetime) -> bool:
    """Tell whether a card can be given back. sale: with its card. Queries: 1."""
    last, card = until(sale), sale.purse
    return last is not None and at <= last and card is not None and not _why_not(sale, card)


@transaction.atomic
def give_back(sale: CardSale, *, at: datetime) -> str:
    """Stop a card and ask for its money back, or neither. Returns the move's key; again: the same.

    Locks: the sale, then its card. Raises: NotGivenBack.
    """
    sale = sale.held()
    asked = sale.moves.filter(kind=MoveKind.REFUND).exclude(state=MoveState.REFUSED).first()
    if asked is not None:
        return asked.key
    last = until(sale)
    if last is None or at > last:
        raise NotGivenBack
    card = _card(sale)
    if _why_not(sale, card):
        raise NotGivenBack
    number = sale.moves.filter(kind=MoveKind.REFUND).count()
    move = CardMove.objects.create(
        sale=sale,
        key=f"refund:{sale.public_id}:{number}",
        kind=MoveKind.REFUND,
        amount_minor=card.free_minor,
        asked_at=at,
    )
    Purse.objects.filter(pk=card.pk, stopped_at=None).update(stopped_at=at)
    later("make_charge_move", key=move.key)
    return move.key


def can_be_sent(sale: CardSale) -> bool:
    """Tell whether a card's code can be sent (again). sale: with its card."""
    card = sale.purse
    return (
        sale.state == State.PAID
        and card is not None
        and card.stopped_at is None
        and not _is_used(card)
        and sale.letters < MOST_LETTERS
    )


@transaction.atomic
def send_again(sale: CardSale, to_email: str, *, at: datetime) -> None:
    """Make a new code in the place of the last and send it now: the old one pays no more.

    Locks: the sale, then its card. Raises: NotSentAgain.
    """
    sale = sale.held()
    if sale.state != State.PAID:
        raise NotSentAgain
    sale.purse = _card(sale)
    if not can_be_sent(sale):
        raise NotSentAgain
    seed = secrets.token_bytes(32)
    Purse.objects.filter(pk=sale.purse.pk).update(**codes.kept(codes.made_from(seed)))
    sale.code_seed, sale.sent_at, sale.send_at = seed, None, at
    sale.to_email, sale.letters = to_email, sale.letters + 1
    sale.save(update_fields=["code_seed", "sent_at", "send_at", "to_email", "letters"])
    later("send_card", sale_id=sale.pk)


def _card(sale: CardSale) -> Purse:
    """Hold the card of a sale, as whoever spends it does."""
    return Purse.objects.select_for_update(no_key=True).get(sale=sale)


def _why_not(sale: CardSale, card: Purse) -> bool:
    """Tell whether something keeps a card from being given back. Queries: 0 or 1."""
    open_ = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
    return _is_used(card) or sale.disputes.filter(state__in=open_).exists()


def _is_used(card: Purse) -> bool:
    """Tell whether somebody has spent some of a card, or is about to."""
    return bool(card.spent_minor or card.held_minor)
