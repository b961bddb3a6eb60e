"""Fill a wallet with a deposit that was paid, and post what went back of one.

Each in the transaction that learns that the bank moved the money, and only there: it is posted,
numbered as an invoice or a credit note, and told.
"""

from datetime import datetime

from django.db import connection
from django.db.models import Max, Sum

from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders import wallets
from vitrine.orders.models import Deposit, DepositMove, MoveKind, MoveState, SaleState
from vitrine.orders.settling import later

NUMBERS = "vitrine.orders.deposits.numbers"
"""Whoever takes a number holds this until the end of the transaction: no number is left out."""


def fill(deposit: Deposit, move: DepositMove, *, at: datetime) -> None:
    """Put what was paid into the wallet: the one place that does. The deposit is held."""
    wallets.put_in(deposit.wallet_id, move.wallet_minor)
    _post(deposit, move, 1, at=at)
    deposit.state, deposit.paid_at = SaleState.PAID, at
    deposit.save(update_fields=["state", "paid_at"])


def give_back(deposit: Deposit, move: DepositMove, *, at: datetime) -> None:
    """Post what went back to the payer; the wallet gave it when it was asked for. It is held."""
    _post(deposit, move, -1, at=at)
    done = deposit.moves.filter(kind=MoveKind.REFUND, state=MoveState.DONE)
    sums = done.aggregate(all=Sum("amount_minor"))
    if sums["all"] == deposit.charge_minor:
        deposit.state = SaleState.REFUNDED
        deposit.save(update_fields=["state"])


def put_back(deposit: Deposit, move: DepositMove) -> None:
    """Put what the bank would not give back into the wallet again. The deposit is held."""
    wallets.put_in(deposit.wallet_id, move.wallet_minor)


def _post(deposit: Deposit, move: DepositMove, sign: int, *, at: datetime) -> None:
    """Number, post and tell of a move. sign: 1 into the wallet, -1 out of it."""
    legs = {accounts.tax(one["authority"]): sign * one["amount_minor"] for one in move.taxes}
    posting.post(
        key=move.key,
        legs={
            accounts.provider(deposit.provider): -sign * move.amount_minor,
            deposit.wallet.account: sign * move.wallet_minor,
            **legs,
        },
        currency=deposit.currency,
        reason=Reason("deposit", move.public_id),
        at=at,
    )
    move.number = _next(MoveKind(move.kind))
    move.save(update_fields=["number"])
    later("send_deposit_letter", key=move.key)


def _next(kind: MoveKind) -> int:
    """Take the next number of invoices or of credit notes. Locks: all numbers, to the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [NUMBERS])
    last = DepositMove.objects.filter(kind=kind).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
