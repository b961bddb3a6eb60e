"""Invoices and credit notes, as they were issued: their figures, and the page that is printed."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from vitrine.kernel import paging
from vitrine.orders import bill_page, bill_view, models
from vitrine.orders.models import BillKind, Order
from vitrine.programs.scopes import Scope
from vitrine.surfaces.api import shapes
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.shapes import Id
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["bills"])
PLACE = "/bills/{public_id:bill_id}"


class BillRow(Schema):
    """One row of a bill. off_minor: what came off it."""

    title: str
    note: str
    quantity: int | None
    unit_minor: int | None
    off_minor: int
    amount_minor: int


class BillTax(Schema):
    """What one authority is owed, and who hands it on."""

    label: str
    authority: str
    amount_minor: int
    by: str


class Bill(Schema):
    """A bill. number: as it is printed, without a gap among its kind.

    corrects: of a credit note, the invoice. tax_included: amounts have their taxes inside. Whom it
    is for, only its page says.
    """

    id: Id
    kind: BillKind
    number: str
    title: str
    order: Id
    refund: Id | None
    corrects: Id | None
    issued_at: datetime
    currency: str
    seller_name: str
    seller_address: str
    seller_numbers: str
    rows: list[BillRow]
    taxes: list[BillTax]
    tax_included: bool
    total_minor: int


def _page_of_html() -> dict[str, Any]:
    """Return how the printed page is declared: it is no JSON."""
    declared = needing(Scope.ORDERS_READ)
    page = {"description": "OK", "content": {"text/html": {"schema": {"type": "string"}}}}
    declared["openapi_extra"]["responses"]["200"] = page
    return declared


@router.get("/bills", response=shapes.Page[Bill], **needing(Scope.FINANCE_READ))
def list_bills(
    request: ProgramRequest,
    order: str | None = None,
    kind: BillKind | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[Bill]:
    """List the shop's bills, the newest first. Queries: 7."""
    rows = _of(request)
    if order is not None:
        rows = rows.filter(order__public_id=order)
    if kind is not None:
        rows = rows.filter(kind=kind)
    page = paging.newest_first(rows, by="issued_at", cursor=cursor, size=limit)
    items = [_told(row) for row in page.rows]
    return shapes.Page[Bill](items=items, next_cursor=page.next_cursor)


@router.get(PLACE, response=Bill, **needing(Scope.FINANCE_READ))
def get_bill(request: ProgramRequest, bill_id: str) -> Bill:
    """Read the figures of one bill. Queries: 7."""
    return _told(_one(request, bill_id))


@router.get(f"{PLACE}/page", **_page_of_html())
def print_bill(request: ProgramRequest, bill_id: str) -> HttpResponse:
    """Read a bill as it is printed, in HTML that needs nothing else; it names the buyer."""
    row = _one(request, bill_id)
    order = Order.objects.addressed(at=request.at).get(pk=row.order_id)
    return bill_view.alone(request, row, to=order.addressee)


def _of(request: ProgramRequest) -> "QuerySet[models.Bill]":
    rows = models.Bill.objects.whole().issued_by(request.token.shop)
    return rows.prefetch_related("order__bills")


def _one(request: ProgramRequest, bill_id: str) -> models.Bill:
    return get_object_or_404(_of(request), public_id=bill_id)


def _told(row: models.Bill) -> Bill:
    page, is_credit = bill_page.of(row), row.kind == BillKind.CREDIT
    invoices = [each for each in row.order.bills.all() if each.kind == BillKind.INVOICE]
    return Bill(
        id=row.public_id,
        kind=BillKind(row.kind),
        number=row.label,
        title=page.title,
        order=row.order.public_id,
        refund=row.refund.public_id if row.refund else None,
        corrects=next((one.public_id for one in invoices if is_credit), None),
        issued_at=row.issued_at,
        currency=row.order.group.currency,
        seller_name=row.seller_name,
        seller_address=row.seller_address,
        seller_numbers=row.seller_numbers,
        rows=[BillRow.model_validate(one, from_attributes=True) for one in page.rows],
        taxes=[BillTax.model_validate(one, from_attributes=True) for one in page.taxes],
        tax_included=page.included,
        total_minor=page.total_minor,
    )
