"""Give back what is unspent of a wallet, to the cards that paid it, newest first, with its tax."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.ledger.posting import KeyReused
from vitrine.orders import refund_sums, wallets
from vitrine.orders.models import (
    Deposit,
    DepositMove,
    DisputeState,
    MoveKind,
    MoveState,
    SaleState,
    Wallet,
)
from vitrine.orders.refund_sums import Sums
from vitrine.orders.settling import later

CLAIMED = [state for state in DisputeState if state != DisputeState.WON]


class NotFree(Refusal):
    """The wallet has less that is neither held nor spent, or no card that it could go to."""

    code = "wallet_not_free"
    message = "That is more than can be given back now. Reload the page to see how much can."


@dataclass(frozen=True)
class Returning:
    """One press of the button. key: made with the form, so that a second press is the same."""

    key: str
    wallet: Wallet
    amount_minor: int
    by: Person


def left(deposit: Deposit) -> Sums:
    """Return what is not given back of a deposit: for the wallet, and its taxes.

    Queries: 1, or 0 where its moves were read with it.
    """
    return _paid(deposit.amount_minor, deposit) - refund_sums.together(
        _paid(move.wallet_minor, move)
        for move in deposit.moves.all()
        if move.kind == MoveKind.REFUND and move.state != MoveState.REFUSED
    )


def plan(lefts: Sequence[Sums], amount_minor: int) -> list[Sums]:
    """Return what each gives of an amount, those in front first. Raises: NotFree.

    Each sum's taxes go back in proportion, and the last of them with the last of it.
    """
    parts = []
    for each in lefts:
        part_minor = min(amount_minor, each.amount_minor)
        parts.append(refund_sums.in_proportion(each, part_minor) if part_minor else Sums())
        amount_minor -= part_minor
    if amount_minor:
        raise NotFree
    return parts


def most_minor(wallet: Wallet) -> int:
    """Return how much can be given back now. Queries: 2."""
    paid = sum(left(one).amount_minor for one in _refundable(wallet))
    return max(0, min(paid, wallets.free_minor(wallet)))


@transaction.atomic
def give_back(asked: Returning, *, at: datetime) -> list[str]:
    """Take an amount out of a wallet and ask for its refunds, or neither; return the moves' keys.

    Pressed again with one key: the same. Locks: the wallet's deposits, then the wallet.
    Raises: NotFree, KeyReused.
    """
    if asked.amount_minor <= 0:
        raise NotFree
    held = list(_refundable(asked.wallet).select_for_update(no_key=True, of=("self",)))
    earlier = DepositMove.objects.filter(deposit__wallet=asked.wallet, request=asked.key)
    if made := list(earlier.order_by("pk")):
        if sum(one.wallet_minor for one in made) != asked.amount_minor:
            raise KeyReused
        return [one.key for one in made]
    newest_first = held[::-1]
    parts = plan([left(one) for one in newest_first], asked.amount_minor)
    if not wallets.take_out(asked.wallet.pk, asked.amount_minor):
        raise NotFree
    return [
        _ask(deposit, part, asked, at=at)
        for deposit, part in zip(newest_first, parts, strict=True)
        if part.amount_minor
    ]


def _refundable(wallet: Wallet) -> "QuerySet[Deposit]":
    """Return the deposits that no bank claims, the oldest first, with their moves. Queries: 2."""
    claimed = Deposit.objects.filter(disputes__state__in=CLAIMED)
    paid = Deposit.objects.filter(wallet=wallet, state=SaleState.PAID)
    return paid.exclude(pk__in=claimed).order_by("pk").prefetch_related("moves")


def _ask(deposit: Deposit, part: Sums, asked: Returning, *, at: datetime) -> str:
    number = deposit.moves.filter(kind=MoveKind.REFUND).count()
    taxes = [
        {**one, "amount_minor": part.taxes[one["authority"]]}
        for one in deposit.taxes
        if part.taxes[one["authority"]]
    ]
    move = DepositMove.objects.create(
        deposit=deposit,
        key=f"refund:{deposit.public_id}:{number}",
        kind=MoveKind.REFUND,
        amount_minor=part.amount_minor + part.tax_minor,
        tax_minor=part.tax_minor,
        taxes=taxes,
        request=asked.key,
        by=asked.by,
        asked_at=at,
    )
    later("make_charge_move", key=move.key)
    return move.key


def _paid(amount_minor: int, of: Deposit | DepositMove) -> Sums:
    taxes = {one["authority"]: one["amount_minor"] for one in of.taxes}
    return Sums(amount_minor, taxes=taxes)
