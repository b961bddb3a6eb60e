"""Move the money of a charge: stored first, asked of the provider, then settled.

What was paid for is there in the transaction that learns that its money was taken, and only there.
"""

from datetime import datetime

from django.db import transaction

from vitrine.orders.charges import kinds
from vitrine.orders.models import Charged, ChargeMove, MoveKind, MoveState, SaleState
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.orders.settling import later


def make(key: str, *, at: datetime) -> ChargeMove:
    """Ask the provider for a stored move and settle what it says. No transaction is open.

    No answer in time leaves it asked, for the poller. Safe to call again.
    """
    move = kinds.find_move(key=key)
    if move is None:
        raise ValueError(f"nobody asked for the move {key!r}")
    if move.state != MoveState.ASKED:
        return move
    charged = move.charged
    try:
        providers.ask(
            charged.provider,
            move.kind,
            key=move.key,
            reference=charged.reference,
            amount_minor=move.amount_minor,
        )
    except OutcomeUnknown:
        return move
    except ProviderRefused as refused:
        return _settle_refused(move, refused.text, at=at)
    return _settle_done(move, at=at)


def ask(charged: Charged, kind: MoveKind, *, at: datetime, reason: str = "") -> None:
    """Store a move of all of a charge, once, for whoever makes it first. The caller holds it."""
    move, _ = charged.moves.get_or_create(
        key=f"{kind}:{charged.public_id}",
        defaults={
            "kind": kind,
            "amount_minor": charged.charge_minor,
            "reason": reason,
            "asked_at": at,
            **charged.whole_move(),
        },
    )
    later("make_charge_move", key=move.key)


def silent(*, asked_before: datetime) -> list[str]:
    """Return the keys of moves that the provider has not answered. Queries: 1 for each kind."""
    return [
        key
        for kind in kinds.KINDS
        for key in kind.move._default_manager.filter(
            state=MoveState.ASKED, asked_at__lt=asked_before
        )
        .order_by("pk")
        .values_list("key", flat=True)
    ]


@transaction.atomic
def _settle_done(move: ChargeMove, *, at: datetime) -> ChargeMove:
    """Record that the provider moved the money, once. Locks: what was charged."""
    charged = move.charged.held()
    move.refresh_from_db()
    if move.state != MoveState.ASKED:
        return move
    move.state, move.settled_at = MoveState.DONE, at
    move.save(update_fields=["state", "settled_at"])
    match move.kind:
        case MoveKind.CAPTURE:
            kinds.of(charged).taken(charged, move, at=at)
        case MoveKind.REFUND:
            kinds.of(charged).given_back(charged, move, at=at)
    return move


@transaction.atomic
def _settle_refused(move: ChargeMove, reason: str, *, at: datetime) -> ChargeMove:
    """Record that the provider would not: nothing was paid, or nothing went back.

    What was set aside and could not be taken is let go: nobody is kept from their own money.
    Locks: what was charged.
    """
    charged = move.charged.held()
    move.refresh_from_db()
    if move.state != MoveState.ASKED:
        return move
    move.state, move.reason, move.settled_at = MoveState.REFUSED, reason[:200], at
    move.save(update_fields=["state", "reason", "settled_at"])
    match move.kind:
        case MoveKind.CAPTURE:
            charged.state, charged.decline_reason = SaleState.DECLINED, reason[:200]
            charged.save(update_fields=["state", "decline_reason"])
            ask(charged, MoveKind.VOID, at=at, reason="It was not taken")
        case MoveKind.REFUND:
            kinds.of(charged).not_given_back(charged, move)
    return move
