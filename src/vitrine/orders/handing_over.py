"""Hand an order over: ship it, or have it ready and collected. Money is taken as it leaves.

Locks: every verb takes the purchase's payment first, so that a cancellation and a dispatch of
the same order cannot both win.
"""

import hmac
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog import store_hours
from vitrine.catalog.models import Location
from vitrine.kernel.errors import Refusal
from vitrine.orders import asking, billing, codes, refunding, reserving
from vitrine.orders.asking import TooLong
from vitrine.orders.models import (
    Fulfilment,
    MoveKind,
    MoveState,
    Order,
    OrderEvent,
    OrderState,
    Payment,
    Reservation,
    ReservationState,
    Return,
    ReturnLine,
    Shipment,
)
from vitrine.orders.models.addressee import NEVER
from vitrine.orders.refunding import NothingLeft
from vitrine.orders.settling import later


class NotOpen(Refusal):
    """The order was cancelled, or handed over already, or is being so."""

    code = "order_not_open"
    message = "This order is not open any more. Reload the page to see where it stands."


class WrongCode(Refusal):
    """The collection code is not this order's."""

    code = "wrong_code"
    message = "That is not the code of this order. Ask the buyer to show it again."


class NotThere(Refusal):
    """Some of a collection is still on its way to the store."""

    code = "not_there_yet"
    message = "Some of this is still on its way to the store. Take the transfer in first."


class WrongWay(Refusal):
    """A parcel cannot be collected, nor a collection shipped."""

    code = "wrong_way"
    message = "This order is handed over in another way."


class StillCancellable(Refusal):
    """The buyer may still take the order back."""

    code = "still_cancellable"
    message = (
        "The buyer can still take this order back. Once that time is over you are told the "
        "address, and can send it."
    )


MOST_CARRIER, MOST_TRACKING = 40, 80


@dataclass(frozen=True)
class Parcel:
    """How an order travels. Both may be empty: a merchant may bring it."""

    carrier: str = ""
    tracking: str = ""

    def refuse_long(self) -> None:
        """Let both be as long as they are kept: half a number finds no parcel. Raises: TooLong."""
        if len(self.carrier) > MOST_CARRIER:
            said = gettext("The carrier’s name is too long. Write at most {most} characters.")
            raise TooLong(said.format(most=MOST_CARRIER))
        if len(self.tracking) > MOST_TRACKING:
            said = gettext("The tracking number is too long. Write at most {most} characters.")
            raise TooLong(said.format(most=MOST_TRACKING))


def ship(
    order: Order, parcel: Parcel, *, alone: bool = False, by: Person | None, at: datetime
) -> str:
    """Ask for the money of a parcel that is leaving; it counts as shipped once that is taken.

    alone: other parcels of the order leave later. Else all that is packed leaves with this one.
    Returns the key of the move to make after commit, or "" if nothing is owed.
    Raises: NotOpen, WrongWay, StillCancellable, TooLong.
    """
    parcel.refuse_long()
    with _open(order.pk) as (fresh, payment):
        if fresh.is_pickup:
            raise WrongWay
        if fresh.is_withheld(at=at):
            raise StillCancellable
        if not alone:
            travels = {"carrier": parcel.carrier, "tracking": parcel.tracking}
            Shipment.send_all(fresh, **travels, by=by, at=at)
        Fulfilment.objects.update_or_create(
            order=fresh, defaults={"carrier": parcel.carrier, "tracking": parcel.tracking, "by": by}
        )
        return _ask_capture(fresh, payment, by=by, at=at)


@transaction.atomic
def make_ready(order: Order, *, by: Person, at: datetime) -> None:
    """Say that a collection waits at its store, and tell the buyer.

    Raises: NotOpen, WrongWay, NotThere.
    """
    with _open(order.pk) as (fresh, _payment):
        if not fresh.is_pickup:
            raise WrongWay
        if fresh.state == OrderState.READY:
            return
        if reserving.is_on_its_way(fresh):
            raise NotThere
        store = fresh.pickup_location
        waiting = {"ready_at": at, "collect_by_at": collect_by(store, at) if store else None}
        Fulfilment.objects.update_or_create(
            order=fresh, defaults={"location": store, "by": by, **waiting}
        )
        fresh.state = OrderState.READY
        fresh.save(update_fields=["state"])
        OrderEvent.record(fresh, "ready", at=at, by=by)
        later("send_order_news", order_id=fresh.pk, kind="ready")


def collect(order: Order, code: str, *, by: Person, at: datetime) -> str:
    """Hand a collection over to whoever shows its code, and ask for the money.

    Returns the key of the move to make after commit, or "" if nothing is owed.
    Raises: NotOpen, WrongWay, WrongCode, NotThere.
    """
    with _open(order.pk) as (fresh, payment):
        if not fresh.is_pickup:
            raise WrongWay
        wanted = bytes(fresh.pickup_code_digest or b"")
        if not hmac.compare_digest(wanted, codes.digest(fresh.public_id, code)):
            raise WrongCode
        if reserving.is_on_its_way(fresh):
            raise NotThere
        Fulfilment.objects.update_or_create(
            order=fresh, defaults={"location": fresh.pickup_location, "by": by}
        )
        return _ask_capture(fresh, payment, by=by, at=at)


def cancel(order: Order, *, by: Person | None, at: datetime, reason: str) -> str:
    """Cancel before hand-over: the stock is free again and the money is let go.

    Whoever was not told yet whom it was for never is.

    by: None for a guest with the link. Returns the key of the move to make after commit, or "".
    Raises: NotOpen, TooLong.
    """
    asking.refuse_long(reason)
    with _open(order.pk) as (fresh, payment):
        if fresh.is_withheld(at=at):
            fresh.withheld_until = NEVER
        OrderEvent.record(fresh, "cancelled", at=at, by=by, note=reason[:200])
        later("send_order_news", order_id=fresh.pk, kind="cancelled")
        if by is None or by.pk == payment.group.buyer_id:
            later("tell_shop", order_id=fresh.pk, step="cancelled")
        return _end(fresh, payment, by=by, at=at, reason=reason)


def release(order: Order, *, at: datetime) -> str:
    """Cancel a collection that nobody came for in time. Returns like ``cancel``.

    Raises: NotOpen, also where it may still be collected.
    """
    with _open(order.pk) as (fresh, payment):
        over = Fulfilment.objects.filter(order=fresh, collect_by_at__lte=at)
        if fresh.state != OrderState.READY or not over.exists():
            raise NotOpen
        OrderEvent.record(fresh, "unclaimed", at=at)
        later("send_order_news", order_id=fresh.pk, kind="unclaimed")
        return _end(fresh, payment, by=None, at=at, reason="Not collected in time")


def collect_by(store: Location, ready_at: datetime) -> datetime:
    """Return until when a collection waits: the end of the store's last day."""
    zone = store_hours.zone_of(store)
    last = ready_at.astimezone(zone).date() + timedelta(days=store.pickup_days)
    return datetime.combine(last + timedelta(days=1), time(), zone)


def refund(order: Order, *, by: Person, at: datetime, reason: str) -> str:
    """Give all back that is left of a handed-over order; the goods count as returned.

    Returns the key of the move to make after commit. Raises: NotOpen, TooLong.
    """
    asking.refuse_long(reason)
    with asking.locked(order.pk) as (fresh, payment):
        if fresh.state not in refunding.GIVEN_OUT:
            raise NotOpen(
                gettext("Only what was shipped or collected can be refunded; cancel instead.")
            )
        if fresh.total_minor == 0 and fresh.discount_platform_minor == 0:
            return ""
        if fresh.returns.open().exists():
            raise NotOpen(gettext("Something of it is on its way back. Settle that first."))
        try:
            return refunding.rest(fresh, payment, by=by, at=at, reason=reason)
        except NothingLeft:
            raise NotOpen(gettext("This order is being refunded already.")) from None


def finish(order: Order, *, by: Person | None, at: datetime) -> None:
    """See the goods leave, in the transaction that learns of the money. The payment is held.

    What is in no parcel that has left stays reserved, until it leaves.
    """
    leaving = None if order.is_pickup else Shipment.sent_of(order)
    reserving.hand_over(_reservations(order), leaving, key=order.public_id, at=at)
    order.state = OrderState.COLLECTED if order.is_pickup else OrderState.SHIPPED
    order.save(update_fields=["state"])
    left = {"collected_at": at} if order.is_pickup else {"shipped_at": at}
    Fulfilment.objects.filter(order=order).update(**left)
    OrderEvent.record(order, order.state, at=at, by=by)
    billing.invoice(order, at=at)
    later("send_order_news", order_id=order.pk, kind=order.state)


def leave(order: Order, parcel: Shipment, *, at: datetime) -> None:
    """See a later parcel of an order leave the shelf. The payment is held."""
    units = dict(parcel.lines.values_list("line", "quantity"))
    key = f"{order.public_id}:{parcel.public_id}"
    reserving.hand_over(_reservations(order), units, key=key, at=at)


def take_back(order: Order, *, at: datetime) -> None:
    """Put a refunded order's goods back on the shelf, but what came back before. Payment held.

    What has not left yet is free again.
    """
    reserving.let_go(_reservations(order), ReservationState.RELEASED, at=at)
    sold = Reservation.objects.filter(line__order=order, state=ReservationState.SOLD)
    came = ReturnLine.objects.filter(line__order=order, came__isnull=False)
    back = Counter[int]()
    for each in came:
        back[each.line_id] += each.came or 0
    by_stock = reserving.shelves_of(list(sold), after=back)
    reserving.take_back(by_stock, key=order.public_id, at=at)


@contextmanager
def _open(order_id: int) -> Iterator[tuple[Order, Payment]]:
    """Hold an order that still waits to be handed over. Raises: NotOpen."""
    with asking.locked(order_id) as (order, payment):
        asked = order.moves.filter(kind=MoveKind.CAPTURE).exclude(state=MoveState.REFUSED)
        if not order.is_open or asked.exists():
            raise NotOpen
        yield order, payment


def _end(order: Order, payment: Payment, *, by: Person | None, at: datetime, reason: str) -> str:
    """Free the stock of an order and ask for its money to be let go."""
    order.state = OrderState.CANCELLED
    order.save(update_fields=["state", "withheld_until"])
    reserving.let_go(_reservations(order), ReservationState.RELEASED, at=at)
    move = asking.ask(
        MoveKind.VOID,
        order,
        payment,
        amount_minor=order.total_minor,
        stored_minor=order.stored_minor,
        by=by,
        at=at,
        reason=reason,
    )
    if order.total_minor == 0:
        _owe_instead(order)
    return move.key if move else ""


def _owe_instead(order: Order) -> None:
    """Where it was sent for something that came back, have that paid back, if anything is left.

    Locks: the first order's payment, after this one's; who settles a return holds that alone.
    """
    of = Return.objects.filter(sent_instead=order).first()
    if of is None:
        return
    with asking.locked(of.order_id) as (first, _payment):
        if refunding.Account(first).left.amount_minor:
            Return.objects.filter(pk=of.pk).reopen()


def _ask_capture(order: Order, payment: Payment, *, by: Person | None, at: datetime) -> str:
    move = asking.ask(
        MoveKind.CAPTURE,
        order,
        payment,
        amount_minor=order.total_minor,
        stored_minor=order.stored_minor,
        made_good_minor=order.discount_platform_minor,
        by=by,
        at=at,
    )
    if move is None:
        finish(order, by=by, at=at)
    return move.key if move else ""


def _reservations(order: Order) -> list[Reservation]:
    bought = Reservation.objects.filter(line__order=order, state=ReservationState.BOUGHT)
    return list(bought)
