"""Settle what a provider answered: the one function for the call, the return page, the webhook
and the poller. Whoever comes first under the lock decides; the others change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from vitrine.kernel import prepared
from vitrine.kernel.batching import Batcher
from vitrine.orders import charging, reserving, spending, withholding
from vitrine.orders.models import (
    GroupState,
    Order,
    OrderState,
    Payment,
    PaymentMove,
    PaymentState,
    Reservation,
    ReservationState,
)
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Answer, Outcome, OutcomeUnknown

SEND_RECEIPTS = "vitrine.orders.tasks.send_receipts"
"""The task, and the locks by which one waits and one runs at most."""

PLACE = """
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%s) AS x(payment bigint, reference text, at timestamptz)
), held AS MATERIALIZED (
    SELECT p.id, p.group_id, given.reference, given.at FROM given
    JOIN orders_payment p ON p.id = given.payment JOIN orders_ordergroup g ON g.id = p.group_id
    WHERE p.settled_at IS NULL AND g.state = 'held' ORDER BY p.id FOR NO KEY UPDATE OF p, g
), paid AS (
    UPDATE orders_payment p
    SET state = 'authorised', reference = held.reference, settled_at = held.at
    FROM held WHERE p.id = held.id RETURNING p.id
), purchase AS (
    UPDATE orders_ordergroup g SET state = 'placed', placed_at = held.at
    FROM held WHERE g.id = held.group_id RETURNING g.id, g.home_cell, g.buyer_id
), placed AS (
    UPDATE orders_order o SET state = 'placed', placed_at = held.at,
        withheld_until = held.at + make_interval(mins => %s)
    FROM held WHERE o.group_id = held.group_id
    RETURNING o.id, o.home_cell, o.group_id, o.placed_at
), bought AS (
    UPDATE orders_reservation r SET state = 'bought' FROM orders_orderline l
    JOIN placed ON placed.id = l.order_id WHERE l.id = r.line_id
), told AS (
    INSERT INTO orders_orderevent (home_cell, order_id, kind, note, by_id, at)
    SELECT placed.home_cell, placed.id, 'placed', '', purchase.buyer_id, placed.placed_at
    FROM placed JOIN purchase ON purchase.id = placed.group_id ORDER BY placed.id
), due AS (
    INSERT INTO orders_duereceipt (home_cell, group_id, due_at, tries)
    SELECT home_cell, id, now(), 0 FROM purchase ORDER BY id
), job AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock, scheduled_at)
    SELECT 'mail', task, task, task, (SELECT now() + interval '1 second' WHERE EXISTS (
        SELECT FROM procrastinate_jobs WHERE lock = task AND status = 'doing'))
    FROM (VALUES (%s)) AS the (task)
    WHERE EXISTS (SELECT FROM purchase)
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
)
SELECT held.id FROM held JOIN paid USING (id)
"""
"""One statement for all that were paid at one moment: round trips and commits are what a purchase
costs. One job tells of all that was placed until it begins (``receipting``): at once, or, where one
is under way, after a while in which more join."""


@dataclass(frozen=True)
class Paid:
    """A charge that was authorised just now, by what reference, and when we heard."""

    payment: int
    reference: str
    at: datetime


@dataclass(frozen=True)
class Answered:
    """A charge with its provider's answer, and when we heard."""

    payment: Payment
    answer: Answer
    at: datetime

    @property
    def says_more(self) -> bool:
        """Tell whether there is more to note than that it was authorised."""
        answer = self.answer
        is_authorised = answer.outcome is Outcome.AUTHORISED
        return not is_authorised or bool(answer.parts or answer.method)

    def note(self) -> None:
        """Note on the rows in hand what was written."""
        self.payment.reference = self.answer.reference
        _is_placed(self.payment, at=self.at)


def place_answered(answered: Sequence[Answered]) -> None:
    """Place those of several whose charge was authorised, as ``place_paid`` does for one.

    The payments say afterwards which were placed. Queries: 1, or none.
    """
    plain = [one for one in answered if not one.says_more]
    if plain:
        paid = [Paid(one.payment.pk, one.answer.reference, one.at) for one in plain]
        for one, is_placed in zip(plain, _place_all(paid), strict=True):
            if is_placed:
                one.note()


def place_paid(payment: Payment, answer: Answer, *, at: datetime) -> bool:
    """Place a purchase whose charge was authorised, if that is all that there is to note.

    False: ask settle, which knows what else an answer can mean. Together with whoever else is paid
    at this moment; no transaction is open, since another thread may write for this one.
    Queries: 1, for all of them.
    """
    answered = Answered(payment, answer, at)
    if answered.says_more or not _PLACED.ask(Paid(payment.pk, answer.reference, at)):
        return False
    answered.note()
    return True


def _place_all(paid: Sequence[Paid]) -> list[bool]:
    """Place what is still held of the purchases that were paid. Queries: 1: all or none."""
    said = prepared.rows(
        PLACE, [msgspec.json.encode(paid).decode(), withholding.minutes(), SEND_RECEIPTS]
    )
    placed = {payment for (payment,) in said}
    return [one.payment in placed for one in paid]


_PLACED: Batcher[Paid, bool] = Batcher(_place_all)


def _is_placed(payment: Payment, *, at: datetime) -> None:
    payment.state, payment.settled_at = PaymentState.AUTHORISED, at
    payment.group.state, payment.group.placed_at = GroupState.PLACED, at
    for order in payment.group.written_orders:
        order.withheld_until = withholding.until(at)


@transaction.atomic
def settle(payment: Payment, answer: Answer, *, at: datetime) -> Payment:
    """Apply an answer to a charge, once. Locks: the payment.

    Authorised: the purchase is placed, or, if its hold has ended, the money is let go.
    Declined: the stock is let go. Challenge: wait for the buyer.
    """
    payment = _locked(payment.pk)
    match answer.outcome:
        case Outcome.AUTHORISED if payment.group.state == GroupState.HELD:
            payment.save(update_fields=charging.note(payment, answer))
            _place_all([Paid(payment.pk, payment.reference, at)])
            _is_placed(payment, at=at)
        case Outcome.AUTHORISED if payment.state == PaymentState.ABANDONED:
            _let_money_go(payment, answer, at=at)
        case Outcome.DECLINED if payment.group.state == GroupState.HELD:
            payment.decline_reason = answer.reason[:200]
            _settled(payment, PaymentState.DECLINED, answer, at=at)
            fail_group(payment, answer.reason, ReservationState.RELEASED, at=at)
        case Outcome.CHALLENGE if not payment.is_settled:
            payment.state = PaymentState.CHALLENGE
            payment.reference = answer.reference
            payment.save(update_fields=["state", "reference"])
    return payment


@transaction.atomic
def mark_unknown(payment: Payment, *, at: datetime) -> Payment:
    """Note that no answer came; the poller asks later. Locks: the payment."""
    payment = _locked(payment.pk)
    if not payment.is_settled:
        payment.state = PaymentState.UNKNOWN
        payment.polled_at = at
        payment.save(update_fields=["state", "polled_at"])
        later("resolve_payment", payment_id=payment.pk)
    return payment


def resolve(payment: Payment, *, at: datetime) -> Payment:
    """Ask the provider what became of a charge and settle it. No transaction is open.

    A charge that never arrived stays as it is: the buyer may send it again until the hold ends.
    """
    if not payment.asked_minor:
        return _free(payment, at=at)
    try:
        answer = providers.named(payment.provider).find(charging.of(payment))
    except OutcomeUnknown:
        answer = None
    if answer is None:
        Payment.objects.filter(pk=payment.pk).update(polled_at=at)
        return payment
    return settle(payment, answer, at=at)


def _free(payment: Payment, *, at: datetime) -> Payment:
    """Place a purchase for which nobody is asked for money, if whoever began it died."""
    if payment.is_settled:
        return payment
    return settle(payment, Answer(Outcome.AUTHORISED, ""), at=at)


def silent(*, began_before: datetime, began_after: datetime) -> "QuerySet[Payment]":
    """Return charges whose outcome is open, and given-up ones that may still come good.

    Open ones are asked about until they are settled or their hold ends, however old.
    """
    too_late = Q(state=PaymentState.ABANDONED, created_at__lte=began_after)
    found = Payment.objects.awaiting_word().filter(created_at__lt=began_before).exclude(too_late)
    return found.select_related("group").order_by("pk")


def awaits_word(payment: Payment) -> bool:
    """Tell whether the provider may still say something new of a charge. Queries: 1."""
    return Payment.objects.awaiting_word().filter(pk=payment.pk).exists()


def fail_group(payment: Payment, reason: str, ended: ReservationState, *, at: datetime) -> None:
    """End a purchase that was not paid: its stock is free again. The caller holds the payment."""
    group = payment.group
    if payment.stored_minor:
        spending.let_group_go(group, at=at)
    group.state = GroupState.FAILED
    group.failure = reason[:200]
    group.save(update_fields=["state", "failure"])
    Order.objects.filter(group=group).update(state=OrderState.FAILED)
    held = Reservation.objects.filter(line__order__group=group, state=ReservationState.HELD)
    reserving.let_go(list(held), ended, at=at)


def _locked(payment_id: int) -> Payment:
    return Payment.objects.locked().get(pk=payment_id)


def _settled(payment: Payment, state: PaymentState, answer: Answer, *, at: datetime) -> None:
    payment.state = state
    payment.settled_at = at
    noted = charging.note(payment, answer)
    payment.save(update_fields=["state", "settled_at", "decline_reason", *noted])


def _let_money_go(payment: Payment, answer: Answer, *, at: datetime) -> None:
    """Ask for the void of a charge that came good after its hold had ended, once."""
    payment.save(update_fields=charging.note(payment, answer))
    moves = [one for one in charging.to_let_go(payment, answer) if one.amount_minor]
    for move in moves:
        move.reason, move.asked_at = "The hold had ended", at
    PaymentMove.objects.bulk_create(moves, ignore_conflicts=True)
    for move in moves:
        later("make_move", key=move.key)


def later(task: str, **arguments: JSONValue) -> None:
    """Enqueue a task in this transaction, by name: the tasks import the verbs, not the reverse."""
    queue = "mail" if task.startswith("send_") else "settle"
    app.configure_task(f"vitrine.orders.tasks.{task}", queue=queue).defer(**arguments)
