"""Ship many orders at one press: each answers for itself, and pressing again changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Fulfilment, MoveKind, MoveState, Order, OrderState


class Became(StrEnum):
    """What became of one order."""

    SHIPPED = "shipped"
    ALREADY = "already"  # this very parcel was marked before
    ASKED = "asked"  # marked; the bank is being asked, which a job goes on with
    REFUSED = "refused"


@dataclass(frozen=True)
class Sent:
    """What became of one order. why: a sentence where it was refused."""

    became: Became
    why: str = ""

    @property
    def is_marked(self) -> bool:
        """Tell whether the order is done with, as far as its seller is concerned."""
        return self.became is not Became.REFUSED


def ship_each(
    parcels: Sequence[tuple[Order, Parcel]],
    *,
    by: Person,
    at: datetime,
    is_time_left: Callable[[], bool],
) -> list[Sent]:
    """Ship each order, in a transaction of its own, then ask for the money while there is time.

    Each mark is committed with the job that asks for its money: whoever dies in between leaves
    nothing half done. Returns what became of each, in their order.
    """
    marked = [_mark(order, parcel, by=by, at=at) for order, parcel in parcels]
    return [
        _ask(one, at=at) if isinstance(one, str) and is_time_left() else _left(one)
        for one in marked
    ]


def _mark(order: Order, parcel: Parcel, *, by: Person, at: datetime) -> Sent | str:
    """Mark one order; return the key of the move that takes its money, or what became of it."""
    try:
        key = handing_over.ship(order, parcel, by=by, at=at)
    except Refusal as refusal:
        if isinstance(refusal, handing_over.NotOpen) and _is_sent_so(order, parcel):
            return Sent(Became.ALREADY)
        return Sent(Became.REFUSED, refusal.text)
    return key or Sent(Became.SHIPPED)


def _ask(key: str, *, at: datetime) -> Sent:
    move = moving.make(key, at=at)
    match move.state:
        case MoveState.DONE:
            return Sent(Became.SHIPPED)
        case MoveState.REFUSED:
            return Sent(Became.REFUSED, move.reason)
        case _:
            return Sent(Became.ASKED)


def _left(one: Sent | str) -> Sent:
    return Sent(Became.ASKED) if isinstance(one, str) else one


def _is_sent_so(order: Order, parcel: Parcel) -> bool:
    """Tell whether an order has left, or is leaving, as this very parcel."""
    fresh = Order.objects.get(pk=order.pk)
    leaving = fresh.moves.filter(kind=MoveKind.CAPTURE).exclude(state=MoveState.REFUSED)
    has_left = fresh.state == OrderState.SHIPPED or (fresh.is_open and leaving.exists())
    this = Fulfilment.objects.filter(order=fresh, carrier=parcel.carrier, tracking=parcel.tracking)
    return has_left and this.exists()
