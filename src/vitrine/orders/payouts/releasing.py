"""Sales become available once their return window is over; a part may be kept back for longer.

Locks: the purchase's payment, as everything that moves its money does, so that a refund and a
release of the same order know of each other.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from vitrine.kernel import sweeping
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders.models import (
    Holdback,
    MoveKind,
    MoveState,
    Order,
    Payment,
    PaymentMove,
    Release,
)
from vitrine.orders.payouts import netting, terms

AT_A_TIME = 1_000
LOOKED_BACK = 5_000
"""Captures among which one may have been forgotten."""

PENDING_OF_ORDER = """
    SELECT a.code, sum(p.amount_minor) FROM ledger_transfer t
    JOIN ledger_posting p ON p.transfer_id = t.id JOIN ledger_account a ON a.id = p.account_id
    WHERE a.code LIKE '%%:pending' AND (
        (t.reason_kind IN ('order', 'commission') AND t.reason_id = %(order)s)
        OR (t.reason_kind = 'refund' AND t.reason_id IN (
            SELECT m.public_id FROM orders_paymentmove m
            WHERE m.order_id = %(pk)s AND m.kind = 'refund'))
        OR (t.reason_kind = 'release' AND t.reason_id IN (
            SELECT r.public_id FROM orders_release r JOIN orders_paymentmove m ON m.id = r.move_id
            WHERE m.order_id = %(pk)s)))
    GROUP BY a.code
"""
SOLD_BY_CAPTURE = """
    SELECT a.code, sum(p.amount_minor) FROM ledger_transfer t
    JOIN ledger_posting p ON p.transfer_id = t.id JOIN ledger_account a ON a.id = p.account_id
    WHERE t.key = %s AND a.code LIKE '%%:pending' GROUP BY a.code
"""


def plan(move: PaymentMove, order: Order, *, currency: str, at: datetime) -> None:
    """Say when the money of a capture becomes available, in the transaction that posts it.

    Again is no error. Queries: 2 or 4.
    """
    agreed = terms.of(accounts.merchant(order.merchant.public_id), at=at)
    Release.objects.bulk_create(
        [
            Release(
                move=move,
                key=f"release:{move.key}",
                currency=currency,
                due_at=at + agreed.window,
            )
        ],
        ignore_conflicts=True,
    )


def taken_back(legs: Mapping[str, int], order: Order) -> dict[str, int]:
    """Return the legs of a refund: what of an order is available already goes out of there.

    The payment is held. Queries: 1.
    """
    pending = pending_of(order)
    taken: dict[str, int] = {}
    for code, amount in legs.items():
        if code.endswith(":pending") and amount < 0:
            from_pending, rest = netting.taken_from(-amount, pending.get(code, 0))
            taken[code] = -from_pending
            taken[accounts.payee_of(code).available] = -rest
        else:
            taken[code] = amount
    return taken


def pending_of(order: Order) -> dict[str, int]:
    """Return what of an order still waits, by account: sold, not refunded, not released."""
    with connection.cursor() as cursor:
        cursor.execute(PENDING_OF_ORDER, {"order": order.public_id, "pk": order.pk})
        return {code: int(amount) for code, amount in cursor.fetchall()}


def plan_forgotten(*, at: datetime) -> None:
    """Plan what a process of the release before this one captured while both were running."""
    planned = Release.objects.order_by("-move").values_list("move", flat=True)
    since = next(iter(planned[LOOKED_BACK : LOOKED_BACK + 1]), 0)
    forgotten = PaymentMove.objects.filter(
        pk__gt=since, kind=MoveKind.CAPTURE, state=MoveState.DONE, release=None
    )
    for move in forgotten.select_related("order__merchant", "payment__group"):
        if move.order is not None:
            currency = move.payment.group.currency
            plan(move, move.order, currency=currency, at=move.settled_at or at)


def release_due(*, at: datetime) -> None:
    """Release every sale whose return window is over, and free what was kept back long enough."""
    plan_forgotten(at=at)
    due = Release.objects.waiting().filter(due_at__lte=at).order_by("due_at", "pk")
    sweeping.each(due.values_list("pk", flat=True)[:AT_A_TIME], partial(release, at=at))
    over = Holdback.objects.held().filter(until_at__lte=at).order_by("until_at", "pk")
    sweeping.each(over.values_list("pk", flat=True)[:AT_A_TIME], partial(free, at=at))


@transaction.atomic
def release(release_id: int, *, at: datetime) -> None:
    """Make a sale's money available, once. Locks: the payment."""
    move = PaymentMove.objects.select_related("order").get(release=release_id)
    Payment.objects.locked().get(pk=move.payment_id)
    found = Release.objects.get(pk=release_id)
    if found.released_at is not None or move.order is None:
        return
    parts = _parts(move, move.order)
    found.amount_minor, found.released_at = sum(parts.values()), at
    found.save(update_fields=["amount_minor", "released_at"])
    legs: dict[str, int] = {}
    for code, amount in parts.items():
        payee = accounts.payee_of(code)
        percent, kept_for = terms.of(payee, at=at).reserve
        kept = netting.held_back(amount, percent)
        legs |= {code: -amount, payee.available: amount - kept, payee.reserve: kept}
        _hold_back(found, payee, kept, until=at + kept_for)
    if found.amount_minor:
        reason = Reason("release", found.public_id)
        posting.post(key=found.key, legs=legs, currency=found.currency, reason=reason, at=at)


def _parts(move: PaymentMove, order: Order) -> dict[str, int]:
    """Return what of a capture becomes available, by account. Queries: 2."""
    pending = pending_of(order)
    with connection.cursor() as cursor:
        cursor.execute(SOLD_BY_CAPTURE, [move.key])
        sold = {code: int(amount) for code, amount in cursor.fetchall()}
    parts = {
        code: netting.matured(amount, pending.get(code, 0)) for code, amount in sorted(sold.items())
    }
    return {code: amount for code, amount in parts.items() if amount}


def _hold_back(of: Release, payee: accounts.Payee, amount: int, *, until: datetime) -> None:
    if amount:
        Holdback.objects.create(
            release=of,
            payee_kind=payee.kind,
            payee_id=payee.public_id,
            currency=of.currency,
            amount_minor=amount,
            until_at=until,
        )


@transaction.atomic
def free(holdback_id: int, *, at: datetime) -> None:
    """Make available what was kept back, once. Locks: the holdback."""
    found = Holdback.objects.select_for_update().get(pk=holdback_id)
    if found.freed_at is not None:
        return
    found.freed_at = at
    found.save(update_fields=["freed_at"])
    posting.post(
        key=f"reserve:{found.public_id}",
        legs={
            found.payee.reserve: -found.amount_minor,
            found.payee.available: found.amount_minor,
        },
        currency=found.currency,
        reason=Reason("reserve", found.public_id),
        at=at,
    )
