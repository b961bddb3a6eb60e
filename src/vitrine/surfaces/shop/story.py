"""The timeline of an order, as the buyer reads it: what happened, what comes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, gettext_noop

from vitrine.orders import codes, returning
from vitrine.orders.arrival import Window
from vitrine.orders.models import MoveKind, MoveState, Order, OrderGroup, OrderState, ReturnState

FOR_BUYERS = frozenset(
    {
        *("placed", "ready", "shipped", "collected", "cancelled", "refunded", "unclaimed"),
        *("return_asked", "withdrawn", "return_approved", "return_refused", "return_received"),
        *("part_refunded", "parcel_sent", "parcel_corrected"),
    }
)
"""Events that concern the buyer; the others are between the seller and the bank."""
AHEAD = {
    OrderState.PLACED: (gettext_noop("The seller packs it"), gettext_noop("It leaves for you")),
    OrderState.READY: (gettext_noop("You collect it"),),
    OrderState.SHIPPED: (gettext_noop("It arrives"),),
}
AHEAD_IN_STORE = (gettext_noop("The store puts it aside"), gettext_noop("You collect it"))


@dataclass(frozen=True)
class Handover:
    """One order of a purchase in one line: who, how, when, how much. to: whom, if elsewhere.

    free_until: it can be cancelled for certain until then.
    """

    merchant: str
    store: str
    to: str
    arrives: Window | None
    total_minor: int
    free_until: datetime | None = None


def handovers(group: OrderGroup) -> list[Handover]:
    """Sum a purchase up, a line for each order. Queries: 1, none where it was just written."""
    orders = group.written_orders or group.orders.select_related(
        "merchant", "pickup_location", "destination"
    ).order_by("pk")
    return [
        Handover(
            order.merchant.name,
            str(order.pickup_location or ""),
            order.destination.name if order.destination else "",
            Window(order.arrives_from_on, order.arrives_until_on)
            if order.arrives_from_on and order.arrives_until_on
            else None,
            order.total_minor,
            order.withheld_until,
        )
        for order in orders
    ]


@dataclass(frozen=True)
class Step:
    """One line of the timeline. at None: still ahead."""

    text: str
    at: datetime | None
    note: str = ""
    is_now: bool = False


@dataclass(frozen=True)
class Story:
    """One order with its timeline, and the code to collect it while it can be collected.

    collect_by_at: until when it waits; None: it does not wait yet, or any more.
    free_until: nothing leaves before, and it can be cancelled for certain; for: how long that is.
    return_until, withdraw_until: something, or everything without a reason, can be sent back.
    """

    order: Order
    steps: tuple[Step, ...]
    code: str
    collect_by_at: datetime | None = None
    free_until: datetime | None = None
    free_for: timedelta = timedelta()
    return_until: datetime | None = None
    withdraw_until: datetime | None = None

    @property
    def unsent(self) -> int:
        """Return how many units of an order that has begun to leave have not left."""
        sent = [one for one in self.order.shipments.all() if one.sent_at]
        units = sum(row.quantity for one in sent for row in one.lines.all())
        bought = sum(line.quantity for line in self.order.lines.all())
        return bought - units if sent and self.order.state == OrderState.SHIPPED else 0

    @property
    def given_back_minor(self) -> int:
        """Return what has gone back to the buyer of what this order came to."""
        moves = self.order.moves.all()
        done = (one for one in moves if one.state == MoveState.DONE)
        return sum(one.amount_minor for one in done if one.kind == MoveKind.REFUND)

    @property
    def for_camera(self) -> str:
        """Return what the counter's camera reads: order and code."""
        return f"{self.order.public_id}:{self.code}"


def of_group(group: OrderGroup, *, at: datetime) -> list[Story]:
    """Tell each order's story. The group comes with its orders and their events."""
    return [_story(order, at=at) for order in group.orders.all()]


def _story(order: Order, *, at: datetime) -> Story:
    events = [one for one in order.events.all() if one.kind in FOR_BUYERS]
    state = OrderState(order.state)
    ahead = AHEAD.get(state, ())
    if order.returns.all():  # it has come, or it would not be sent back
        ahead = ()
    if order.is_pickup and state is OrderState.PLACED:
        ahead = AHEAD_IN_STORE
    last = len(events) - 1
    done = tuple(
        Step(
            one.label,
            one.at,
            one.reason,
            is_now=index == last,
        )
        for index, one in enumerate(events)
    )
    code = codes.of_order(order) if order.is_pickup and order.is_open else ""
    waits = order.fulfilment.collect_by_at if state is OrderState.READY else None
    steps = (*done, *(Step(gettext(text), None) for text in ahead))
    until = order.withheld_until if order.is_open and order.is_withheld(at=at) else None
    left = until - at if until else timedelta()
    return Story(order, steps, code, waits, until, left, *_returnable(order, at=at))


def _returnable(order: Order, *, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Return until when something, and everything, can be sent back; None where nothing can."""
    going = [one for one in order.returns.all() if one.state != ReturnState.REFUSED]
    units = sum(line.quantity for one in going for line in one.lines.all())
    if units >= sum(line.quantity for line in order.lines.all()):
        return None, None
    ends = (returning.until(order, fault=fault) for fault in (True, False))
    any_way, freely = (end if end and end > at else None for end in ends)
    return any_way, freely
