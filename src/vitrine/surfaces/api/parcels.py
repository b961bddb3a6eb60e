"""Parcels: packed, put right, scanned and marked as left; the first one takes the money."""

from datetime import datetime
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field, StringConstraints

from vitrine.catalog.models import Location
from vitrine.kernel import paging, text
from vitrine.kernel.errors import Refusal
from vitrine.orders import shipping
from vitrine.orders.handing_over import Parcel as Travels
from vitrine.orders.models import Order, ScanKind, Shipment
from vitrine.orders.shipping import Box
from vitrine.programs.scopes import Scope
from vitrine.surfaces.api import lines, shapes, telling
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.shapes import Id, ParcelIn, Strict, Units
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["parcels"])
PLACE = "/parcels/{public_id:parcel_id}"
WRITES = needing(Scope.ORDERS_WRITE, writes=True)


class NoSuchLocation(Refusal):
    """The shop has no such place, or it is closed."""

    code = "no_such_location"
    status = 422
    message = "Name a place of this shop that is open, or none."


class NotYet(Refusal):
    """A scan of a time that has not come."""

    code = "not_yet"
    status = 422
    message = "A carrier cannot have seen it later than now."


class Scan(Schema):
    """Where the carrier saw a parcel, and when."""

    kind: ScanKind
    place: str
    at: datetime


class Parcel(Schema):
    """A parcel of an order. sent_at: null while it is only packed.

    pending: a move of the order's money under way, which the first parcel asks for.
    """

    id: Id
    order: Id
    location: Id | None
    carrier: str
    tracking: str
    packed_at: datetime
    sent_at: datetime | None
    lines: list[Units]
    scans: list[Scan]
    pending: str | None


class PackingIn(ParcelIn):
    """What goes into a parcel, how it travels, and where it leaves from."""

    lines: Annotated[list[Units], Field(min_length=1, max_length=200)]
    location: str = ""


class ScanIn(Strict):
    """What a carrier told. at: when it was seen, if not now."""

    kind: ScanKind
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    at: AwareDatetime | None = None


@router.get("/parcels", response=shapes.Page[Parcel], **needing(Scope.ORDERS_READ))
def list_parcels(
    request: ProgramRequest,
    order: str | None = None,
    state: Literal["packed", "sent"] | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[Parcel]:
    """List the shop's parcels, those packed last first. Queries: 5."""
    rows = _of(request)
    if order is not None:
        rows = rows.filter(order__public_id=order)
    if state is not None:
        rows = rows.filter(sent_at__isnull=state == "packed")
    page = paging.newest_first(rows, by="packed_at", cursor=cursor, size=limit)
    items = [_told(row) for row in page.rows]
    return shapes.Page[Parcel](items=items, next_cursor=page.next_cursor)


@router.post("/orders/{public_id:order_id}/parcels", response={201: Parcel}, **WRITES)
def pack_parcel(request: ProgramRequest, order_id: str, body: PackingIn) -> Parcel:
    """Pack a part of an order. Nothing leaves yet, and no money moves."""
    mine = Order.objects.sold_by(request.token.shop).prefetch_related("lines")
    row = get_object_or_404(mine, public_id=order_id)
    box = Box(lines.wanted(row, body.lines), _place(request, body.location), _travels(body))
    made = shipping.pack(row, box, by=request.token.made_by, at=request.at)
    return _told(_one(request, made.public_id))


@router.get(PLACE, response=Parcel, url_name="parcel", **needing(Scope.ORDERS_READ))
def get_parcel(request: ProgramRequest, parcel_id: str) -> Parcel:
    """Read one parcel. Queries: 5."""
    return _told(_one(request, parcel_id))


@router.patch(PLACE, response=Parcel, url_name="parcel", **WRITES)
def correct_parcel(request: ProgramRequest, parcel_id: str, body: ParcelIn) -> Parcel:
    """Put right which carrier has it, and under which number; the buyer sees the new one."""
    row, by = _one(request, parcel_id), request.token.made_by
    shipping.correct(row, _travels(body), by=by, at=request.at)
    return _told(_one(request, parcel_id))


@router.post(f"{PLACE}/dispatch", response=Parcel, **WRITES)
def send_parcel(request: ProgramRequest, parcel_id: str) -> Parcel:
    """Mark a parcel as left. The first of its order takes the money, moments after the answer."""
    shipping.send(_one(request, parcel_id), by=request.token.made_by, at=request.at)
    return _told(_one(request, parcel_id))


@router.post(f"{PLACE}/scans", response={201: Parcel}, **WRITES)
def scan_parcel(request: ProgramRequest, parcel_id: str, body: ScanIn) -> Parcel:
    """Keep what a carrier told. The first scan means that it has left."""
    row, by, place = _one(request, parcel_id), request.token.made_by, text.line(body.place)
    if body.at is not None and body.at > request.at:
        raise NotYet
    shipping.scan(row, body.kind, place, seen_at=body.at, by=by, at=request.at)
    return _told(_one(request, parcel_id))


def _of(request: ProgramRequest) -> "QuerySet[Shipment]":
    rows = Shipment.objects.sold_by(request.token.shop).select_related("order", "location")
    return rows.prefetch_related("lines", "scans", "order__lines", "order__moves")


def _one(request: ProgramRequest, parcel_id: str) -> Shipment:
    return get_object_or_404(_of(request), public_id=parcel_id)


def _travels(said: ParcelIn) -> Travels:
    return Travels(text.line(said.carrier), text.line(said.tracking))


def _place(request: ProgramRequest, location_id: str) -> Location | None:
    if not location_id:
        return None
    places = Location.objects.open().filter(merchant=request.token.shop)
    found = places.filter(public_id=location_id).first()
    if found is None:
        raise NoSuchLocation
    return found


def _told(row: Shipment) -> Parcel:
    return Parcel(
        id=row.public_id,
        order=row.order.public_id,
        location=row.location.public_id if row.location else None,
        carrier=row.carrier,
        tracking=row.tracking,
        packed_at=row.packed_at,
        sent_at=row.sent_at,
        lines=lines.units(row.lines.all(), lines.numbers_of(row.order)),
        scans=[Scan(kind=ScanKind(e.kind), place=e.place, at=e.at) for e in row.scans.all()],
        pending=telling.pending(row.order),
    )
