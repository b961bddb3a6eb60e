"""Orders: read, and handed over. Money moves in a job of its own, after the answer."""

from typing import Annotated

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from vitrine.kernel import ids, paging, text
from vitrine.orders import handing_over, refunding
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order, OrderState, Refund
from vitrine.programs.scopes import Scope
from vitrine.surfaces.api import lines, shapes, telling
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["orders"])
PLACE = "/orders/{public_id:order_id}"


@router.get("/orders", response=shapes.Page[shapes.Order], **needing(Scope.ORDERS_READ))
def list_orders(
    request: ProgramRequest,
    state: OrderState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[shapes.Order]:
    """List the shop's orders, the newest first. Queries: 3."""
    rows = _of(request)
    if state is not None:
        rows = rows.filter(state=state)
    page = paging.newest_first(rows, by="placed_at", cursor=cursor, size=limit)
    items = [telling.order(row) for row in page.rows]
    return shapes.Page[shapes.Order](items=items, next_cursor=page.next_cursor)


@router.get(PLACE, response=shapes.Order, **needing(Scope.ORDERS_READ))
def get_order(request: ProgramRequest, order_id: str) -> shapes.Order:
    """Read one order. Queries: 3."""
    return telling.order(_one(request, order_id))


@router.get(f"{PLACE}/money", response=shapes.Money, **needing(Scope.FINANCE_READ))
def get_order_money(request: ProgramRequest, order_id: str) -> shapes.Money:
    """Read what an order comes to for the shop. Queries: 3."""
    return telling.money(_one(request, order_id))


@router.post(f"{PLACE}/dispatch", response=shapes.Step, **needing(Scope.ORDERS_WRITE, writes=True))
def ship_order(request: ProgramRequest, order_id: str, body: shapes.ParcelIn) -> shapes.Step:
    """Ship an order. It counts as shipped once its money is taken, moments after the answer."""
    parcel = Parcel(text.line(body.carrier), text.line(body.tracking))
    row, by = _one(request, order_id), request.token.made_by
    handing_over.ship(row, parcel, by=by, at=request.at)
    return telling.step(_one(request, order_id))


@router.post(f"{PLACE}/readiness", response=shapes.Step, **needing(Scope.ORDERS_WRITE, writes=True))
def make_order_ready(request: ProgramRequest, order_id: str) -> shapes.Step:
    """Say that an order waits at its store; the buyer gets the code."""
    row = _one(request, order_id)
    handing_over.make_ready(row, by=request.token.made_by, at=request.at)
    return telling.step(_one(request, order_id))


@router.post(
    f"{PLACE}/collection", response=shapes.Step, **needing(Scope.ORDERS_WRITE, writes=True)
)
def collect_order(request: ProgramRequest, order_id: str, body: shapes.CodeIn) -> shapes.Step:
    """Hand an order over at its store, to whoever shows its code."""
    row = _one(request, order_id)
    handing_over.collect(row, body.code, by=request.token.made_by, at=request.at)
    return telling.step(_one(request, order_id))


@router.post(
    f"{PLACE}/cancellation", response=shapes.Step, **needing(Scope.ORDERS_WRITE, writes=True)
)
def cancel_order(request: ProgramRequest, order_id: str, body: shapes.ReasonIn) -> shapes.Step:
    """Cancel an order before it is handed over."""
    row, reason = _one(request, order_id), text.line(body.reason)
    handing_over.cancel(row, by=request.token.made_by, at=request.at, reason=reason)
    return telling.step(_one(request, order_id))


@router.post(f"{PLACE}/refund", response=shapes.Step, **needing(Scope.ORDERS_WRITE, writes=True))
def refund_order(request: ProgramRequest, order_id: str, body: shapes.RefundIn) -> shapes.Step:
    """Give money of an order back that was handed over: all, an amount, or units of lines."""
    row, reason = _one(request, order_id), text.line(body.reason)
    by, at = request.token.made_by, request.at
    if body.lines is not None:
        wanted = lines.wanted(row, body.lines)
        refunding.goods(row, wanted, key=ids.new(), by=by, at=at, reason=reason)
    elif body.amount_minor is not None:
        refunding.amount(row, body.amount_minor, key=ids.new(), by=by, at=at, reason=reason)
    else:
        handing_over.refund(row, by=by, at=at, reason=reason)
    return telling.step(_one(request, order_id))


@router.get(f"{PLACE}/refunds", response=list[shapes.Refund], **needing(Scope.ORDERS_READ))
def list_refunds(request: ProgramRequest, order_id: str) -> list[shapes.Refund]:
    """List what was given back of an order, or is being. Queries: 5."""
    row = _one(request, order_id)
    numbers = lines.numbers_of(row)
    rows = Refund.objects.filter(move__order=row).select_related("move").prefetch_related("lines")
    return [telling.refund(each, numbers) for each in rows.order_by("pk")]


def _of(request: ProgramRequest) -> "QuerySet[Order]":
    rows = Order.objects.sold_by(request.token.shop).addressed(at=request.at)
    return rows.prefetch_related("lines", "moves")


def _one(request: ProgramRequest, order_id: str) -> Order:
    return get_object_or_404(_of(request), public_id=order_id)
