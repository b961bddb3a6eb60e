"""Send an order in several parcels: pack, mark as left, and keep what the carrier tells.

The money of an order is taken whole as its first parcel leaves: a purchase is authorised once. Its
goods leave the shelf parcel by parcel.
Locks: the purchase's payment. Source: docs/adr/0070-after-the-order.md.
"""

from dataclasses import dataclass, field
from datetime import datetime

from vitrine.accounts.models import Person
from vitrine.catalog.models import Location
from vitrine.kernel.errors import Refusal
from vitrine.orders import asking, handing_over
from vitrine.orders.handing_over import NotOpen, Parcel, StillCancellable, WrongWay
from vitrine.orders.models import (
    Fulfilment,
    Order,
    OrderEvent,
    OrderState,
    Scan,
    ScanKind,
    Shipment,
)
from vitrine.orders.settling import later


class NotToPack(Refusal):
    """Nothing was chosen, or more than is left."""

    code = "not_to_pack"
    message = "Choose what goes into the parcel, and no more of it than is left to send."


@dataclass(frozen=True)
class Box:
    """What goes into a parcel, where it leaves from, and how it travels."""

    units: dict[int, int]
    location: Location | None = None
    travels: Parcel = field(default_factory=Parcel)


def pack(order: Order, box: Box, *, by: Person, at: datetime) -> Shipment:
    """Pack a parcel of a part of an order. Nothing leaves yet.

    Raises: NotOpen, WrongWay, StillCancellable, NotToPack, TooLong.
    """
    box.travels.refuse_long()
    with asking.locked(order.pk) as (fresh, _payment):
        if fresh.is_pickup:
            raise WrongWay
        goes_on = fresh.state == OrderState.SHIPPED and fresh.shipments.exists()
        if fresh.state != OrderState.PLACED and not goes_on:
            raise NotOpen
        if fresh.is_withheld(at=at):
            raise StillCancellable
        left = Shipment.left_of(fresh)
        wanted = {line: units for line, units in box.units.items() if units}
        if not wanted or any(not 0 < units <= left.get(line, 0) for line, units in wanted.items()):
            raise NotToPack
        return Shipment.pack(
            fresh,
            wanted,
            location=box.location,
            carrier=box.travels.carrier,
            tracking=box.travels.tracking,
            by=by,
            at=at,
        )


def send(parcel: Shipment, *, by: Person | None, at: datetime) -> str:
    """Mark a parcel as left, once. The first one of its order takes the money.

    Returns the key of the move to make after commit, or "". Raises: NotOpen, StillCancellable.
    """
    with asking.locked(parcel.order_id) as (order, _payment):
        if not Shipment.objects.packed().filter(pk=parcel.pk).update(sent_at=at):
            return ""
        travels = Parcel(parcel.carrier, parcel.tracking)
        if order.is_open:
            return handing_over.ship(order, travels, alone=True, by=by, at=at)
        if order.state != OrderState.SHIPPED:
            raise NotOpen
        handing_over.leave(order, parcel, at=at)
        OrderEvent.record(order, "parcel_sent", at=at, by=by, note=parcel.tracking)
        later("send_order_news", order_id=order.pk, kind="parcel_sent", about=parcel.public_id)
        return ""


def correct(parcel: Shipment, travels: Parcel, *, by: Person | None, at: datetime) -> None:
    """Put right which carrier has a parcel, and under which number. Raises: NotOpen, TooLong."""
    travels.refuse_long()
    with asking.locked(parcel.order_id) as (order, _payment):
        if order.state == OrderState.CANCELLED:
            raise NotOpen
        told = Shipment.objects.get(pk=parcel.pk)
        now = {"carrier": travels.carrier, "tracking": travels.tracking}
        was = {"carrier": told.carrier, "tracking": told.tracking}
        if now == was:
            return
        Shipment.objects.filter(pk=parcel.pk).update(**now)
        Fulfilment.objects.filter(order=order, **was).update(**now)
        if told.sent_at is not None:
            OrderEvent.record(order, "parcel_corrected", at=at, by=by, note=travels.tracking)


def scan(
    parcel: Shipment,
    kind: ScanKind,
    place: str,
    *,
    seen_at: datetime | None = None,
    by: Person | None,
    at: datetime,
) -> str:
    """Keep what a carrier told of a parcel. The first scan means that it has left.

    seen_at: when the carrier saw it, if not now. The same scan again is no error.
    Returns like ``send``.
    """
    with asking.locked(parcel.order_id):
        move = send(parcel, by=by, at=at)
        Scan.objects.get_or_create(shipment=parcel, kind=kind, place=place[:80], at=seen_at or at)
        return move
