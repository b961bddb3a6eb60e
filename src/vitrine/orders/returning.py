"""Take goods back: a buyer asks, the shop answers, they arrive, are looked at, and it is settled.

Locks: every verb holds the purchase's payment, as all that moves its money does.
Source: docs/adr/0070-after-the-order.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import Variant
from vitrine.kernel.errors import Refusal
from vitrine.ledger.posting import KeyReused
from vitrine.orders import asking, exchanged, exchanging, purses, refunding, reserving
from vitrine.orders.models import (
    FAULTS,
    MoveState,
    Order,
    OrderEvent,
    OrderState,
    Payment,
    Purse,
    RefundLine,
    Reservation,
    ReservationState,
    Return,
    ReturnCredit,
    ReturnLine,
    ReturnReason,
    ReturnState,
)
from vitrine.orders.settling import later
from vitrine.sovereignty.cell import local_day, this_cell


class NotReturnable(Refusal):
    """The buyer does not have it, or the time in which it is taken back is over."""

    code = "not_returnable"
    message = "This cannot be returned here any more. Write to the shop: the law may still help."


class MoreThanBought(Refusal):
    """Those units are on their way back, or were not bought."""

    code = "more_than_bought"
    message = "Choose what to send back, and no more of it than you have."


class ReturnMoved(Refusal):
    """Somebody was quicker, or it is not this step's turn."""

    code = "return_moved"
    message = "This return is further along already. Reload the page to see where it stands."


@dataclass(frozen=True)
class Wish:
    """What a buyer sends back. units: line -> how many. instead: line -> what is wanted for it.

    credit: as what store credit the money is wanted, as in ReturnCredit.
    """

    units: Mapping[int, int]
    reason: ReturnReason = ReturnReason.CHANGED
    words: str = ""
    instead: Mapping[int, Variant] = field(default_factory=dict)
    credit: str = ""


@dataclass(frozen=True)
class Found:
    """What was found of one line: how many came, and how many of those can be sold again."""

    came: int
    restocked: int


def until(order: Order, *, fault: bool) -> datetime | None:
    """Return until when an order may be returned; None: not at all, or not yet. Queries: 0 to 1.

    From the day on which the buyer has it, as far as we know: its arrival, or the counter.
    fault: the seller did not keep its part, so the shop's own shorter time does not count.
    """
    days = settings.VITRINE_RETURN_DAYS if order.returns_days is None else order.returns_days
    if fault:
        days = max(days, settings.VITRINE_RETURN_DAYS)
    left = getattr(order, "fulfilment", None)
    at = left and (left.collected_at or left.shipped_at)
    if order.state not in refunding.GIVEN_OUT or at is None or not days:
        return None
    had_on = local_day(at)
    if not order.is_pickup and order.arrives_until_on is not None:
        had_on = max(had_on, order.arrives_until_on)
    return datetime.combine(
        had_on + timedelta(days=days + 1), time(), ZoneInfo(this_cell().time_zone)
    )


def left_units(order: Order) -> dict[int, int]:
    """Return how many of each line can still be sent back. Queries: 3."""
    going = ReturnLine.objects.filter(line__order=order).exclude(of__state=ReturnState.REFUSED)
    sums = going.values_list("line").annotate(units=Sum(Coalesce("came", "quantity")))
    gone = Counter(dict(sums.values_list("line", "units")))
    given = refunding.Account(order).given_units
    return {
        line.pk: max(0, line.quantity - max(gone[line.pk], given[line.pk]))
        for line in order.lines.order_by("pk")
    }


def ask(order: Order, wish: Wish, *, key: str, at: datetime) -> Return:
    """Ask to send units back. key: one return each.

    Raises: NotReturnable, MoreThanBought, NotEqual, KeyReused.
    """
    with asking.locked(order.pk) as (fresh, _payment):
        if (earlier := _earlier(fresh, key)) is not None:
            return earlier
        asked = _written(fresh, wish, key=key, at=at)
        OrderEvent.record(fresh, "return_asked", at=at, note=asked.get_reason_display())
        later("tell_shop", order_id=fresh.pk, step="asked", about=asked.public_id)
        return asked


def withdraw(order: Order, *, key: str, at: datetime) -> Return:
    """Send everything back that is left, without a reason and without asking.

    Only where the shop's terms take things back. Raises: NotReturnable, MoreThanBought, KeyReused.
    """
    with asking.locked(order.pk) as (fresh, _payment):
        if (earlier := _earlier(fresh, key)) is not None:
            return earlier
        units = {line: left for line, left in left_units(fresh).items() if left}
        made = _written(fresh, Wish(units), key=key, at=at)
        made.state, made.is_withdrawal, made.answered_at = ReturnState.APPROVED, True, at
        made.save(update_fields=["state", "is_withdrawal", "answered_at"])
        OrderEvent.record(fresh, "withdrawn", at=at)
        later("tell_shop", order_id=fresh.pk, step="withdrawn", about=made.public_id)
        return made


def approve(of: Return, words: str, *, by: Person, at: datetime) -> None:
    """Let it be sent back, and hold what is wanted instead. words: how and where to.

    Raises: ReturnMoved, SoldOut.
    """
    with _held(of, ReturnState.ASKED) as (held, payment):
        if held.is_exchange:
            held.sent_instead = exchanging.place(held, payment, at=at)
            held.save(update_fields=["sent_instead"])
        _answer(held, ReturnState.APPROVED, words, by=by, at=at)


def refuse(of: Return, words: str, *, by: Person, at: datetime) -> None:
    """Say no, and why. Raises: ReturnMoved."""
    with _held(of, ReturnState.ASKED) as (held, _payment):
        _answer(held, ReturnState.REFUSED, words, by=by, at=at)


def receive(of: Return, *, by: Person, at: datetime) -> None:
    """Say that it has arrived. Raises: ReturnMoved."""
    with _held(of, ReturnState.APPROVED) as (held, _payment):
        held.state, held.received_at, held.received_by = ReturnState.RECEIVED, at, by
        held.save(update_fields=["state", "received_at", "received_by"])
        _tell(held, "return_received", by=by, at=at)


def settle(
    of: Return, found: Mapping[int, Found], *, note: str = "", by: Person, at: datetime
) -> str:
    """Put what is good back on the shelf, and give the price of what came back.

    found: line -> what was found of it. Where something was sent instead, nothing is given back;
    what was sent instead gives back what was paid for the first. Returns the key of the move to
    make after commit, or "". Raises: ReturnMoved, MoreThanBought, FirstIsOpen.
    """
    with _held(of, ReturnState.RECEIVED) as (held, payment):
        lines = list(held.lines.all())
        if all(line.came is None for line in lines):  # else it is settled again: of money alone
            for line in lines:
                _look_at(line, found.get(line.line_id, Found(0, 0)))
            _restock(held, lines, note=note, at=at)
        back = [one for one in lines if not _is_replaced(held, one)]
        first, came = exchanged.paid_for(held.order, back)
        before = _paid_back(held)
        units = {line: count - before[line] for line, count in came.items()}
        with _payment_of(first, held, payment) as paid:
            if first.pk != held.order_id:  # whose own returns know nothing of this one
                units = refunding.Account(first).still_paid(units)
            held.refund = refunding.units(
                first,
                paid,
                units,
                key=f"{held.public_id}:{first.moves.count()}",
                by=by,
                at=at,
                reason=note or held.get_reason_display(),
                into=_credit(held, paid, at=at),
            )
        held.state, held.settled_at, held.settled_by = ReturnState.SETTLED, at, by
        held.save(update_fields=["refund", "state", "settled_at", "settled_by"])
        return held.refund.move.key if held.refund else ""


def _paid_back(held: Return) -> Counter[int]:
    """Return for how many units of each line money was given back when it was settled before.

    Then something was to be sent for the others, and is no more.
    """
    mine = RefundLine.objects.filter(refund__key__startswith=f"{held.public_id}:")
    given = mine.exclude(refund__move__state=MoveState.REFUSED)
    return Counter(dict(given.values_list("line").annotate(units=Sum("quantity"))))


def _credit(held: Return, payment: Payment, *, at: datetime) -> Purse | None:
    """Return the credit as which the buyer wants the money; None: back to how it was paid."""
    buyer = payment.group.buyer
    if not held.credit or buyer is None:
        return None
    shop = held.order.merchant if held.credit == ReturnCredit.SHOP else None
    return purses.credit_of(buyer, shop, at=at)


def _earlier(order: Order, key: str) -> Return | None:
    """Return what the key already asked for. Raises: KeyReused where it was of another order."""
    earlier = Return.objects.filter(key=key).first()
    if earlier is not None and earlier.order_id != order.pk:
        raise KeyReused
    return earlier


def _written(order: Order, wish: Wish, *, key: str, at: datetime) -> Return:
    """Write a return, if the terms allow it and the buyer has the goods."""
    ends = until(order, fault=wish.reason in FAULTS)
    if ends is None or at >= ends:
        raise NotReturnable
    left = left_units(order)
    wanted = {line: units for line, units in wish.units.items() if units}
    if not wanted or any(units < 0 or units > left.get(line, 0) for line, units in wanted.items()):
        raise MoreThanBought
    made = Return.objects.create(
        key=key,
        order=order,
        reason=wish.reason,
        words=wish.words[:500],
        credit=wish.credit if order.group.buyer_id else "",
        asked_at=at,
    )
    lines = {line.pk: line for line in order.lines.select_related("variant")}
    for pk, variant in wish.instead.items():
        exchanging.refuse_unequal(lines[pk], variant, at=at)
    ReturnLine.objects.bulk_create(
        ReturnLine(of=made, line_id=line, quantity=units, instead=wish.instead.get(line))
        for line, units in wanted.items()
    )
    return made


@contextmanager
def _held(of: Return, state: ReturnState) -> Iterator[tuple[Return, Payment]]:
    """Hold a return that is in a state. Raises: ReturnMoved."""
    with asking.locked(of.order_id) as (order, payment):
        held = Return.objects.prefetch_related("lines").get(pk=of.pk)
        if held.state != state:
            raise ReturnMoved
        held.order = order
        yield held, payment


@contextmanager
def _payment_of(first: Order, held: Return, payment: Payment) -> Iterator[Payment]:
    """Hold the payment of the order that was paid for, after that of what was sent instead."""
    if first.pk == held.order_id:
        yield payment
        return
    with asking.locked(first.pk) as (_order, paid):
        yield paid


def _answer(held: Return, state: ReturnState, words: str, *, by: Person, at: datetime) -> None:
    held.state, held.answer, held.answered_by, held.answered_at = state, words[:500], by, at
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _tell(held, f"return_{state}", by=by, at=at)


def _tell(held: Return, step: str, *, by: Person, at: datetime) -> None:
    said = held.answer[:200] if held.received_at is None else ""
    OrderEvent.record(held.order, step, at=at, by=by, note=said)
    later("send_order_news", order_id=held.order_id, kind=step, about=held.public_id)


def _look_at(line: ReturnLine, found: Found) -> None:
    if not 0 <= found.restocked <= found.came <= line.quantity:
        raise MoreThanBought(
            gettext("No more can have come back than was sent, nor be sold again than came.")
        )
    line.came, line.restocked = found.came, found.restocked
    line.save(update_fields=["came", "restocked"])


def _restock(held: Return, lines: list[ReturnLine], *, note: str, at: datetime) -> None:
    """Put what can be sold again on the shelves that it left. Again is no error."""
    left = [ReservationState.BOUGHT, ReservationState.SOLD]  # of the former, some may have left
    sold = Reservation.objects.filter(line__order=held.order, state__in=left)
    before = ReturnLine.objects.filter(line__order=held.order).exclude(of=held)
    came = Counter[int]()
    for each in before.filter(came__isnull=False):
        came[each.line_id] += each.came or 0
    units = {line.line_id: line.restocked or 0 for line in lines}
    by_stock = reserving.shelves_of(list(sold), after=came, units=units)
    reserving.take_back(by_stock, key=held.public_id, at=at, note=note)


def _is_replaced(held: Return, line: ReturnLine) -> bool:
    """Tell whether something is sent for a line, and was not taken back by the buyer."""
    sent = held.sent_instead
    return line.instead_id is not None and sent is not None and sent.state != OrderState.CANCELLED
