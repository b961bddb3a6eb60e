"""The timeline of an order, as the buyer reads it: what happened, what comes next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from vitrine.orders import codes
from vitrine.orders.arrival import Window
from vitrine.orders.models import Order, OrderGroup, OrderState

FOR_BUYERS = frozenset(
    {"placed", "ready", "shipped", "collected", "cancelled", "refunded", "unclaimed"}
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
    """One order of a purchase in one line: who, how, when, how much. to: whom, if elsewhere."""

    merchant: str
    store: str
    to: str
    arrives: Window | None
    total_minor: int


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
    """

    order: Order
    steps: tuple[Step, ...]
    code: str
    collect_by_at: datetime | None = None

    @property
    def for_camera(self) -> str:
        """Return what the counter's camera reads: order and code."""
        return f"{self.order.public_id}:{self.code}"


def of_group(group: OrderGroup) -> list[Story]:
    """Tell each order's story. The group comes with its orders and their events."""
    return [_story(order) for order in group.orders.all()]


def _story(order: Order) -> Story:
    events = [one for one in order.events.all() if one.kind in FOR_BUYERS]
    state = OrderState(order.state)
    ahead = AHEAD.get(state, ())
    if order.is_pickup and state is OrderState.PLACED:
        ahead = AHEAD_IN_STORE
    last = len(events) - 1
    done = tuple(
        Step(one.label, one.at, one.note, is_now=index == last) for index, one in enumerate(events)
    )
    code = codes.of_order(order) if order.is_pickup and order.is_open else ""
    waits = order.fulfilment.collect_by_at if state is OrderState.READY else None
    return Story(order, (*done, *(Step(gettext(text), None) for text in ahead)), code, waits)
