"""Endpoints that are told what happens, and what was told to them.

They are written with the scope of what they hear: who may write orders and goods may hear of them.
"""

from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Query, Router

from vitrine.kernel import paging
from vitrine.kernel.errors import Refusal
from vitrine.programs.models import Delivery, Endpoint
from vitrine.programs.scopes import Scope
from vitrine.sovereignty import outside
from vitrine.surfaces.api import shapes, telling
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["webhooks"])
PLACE = "/webhooks/{public_id:endpoint_id}"


class AddressRefused(Refusal):
    """The address cannot be called."""

    code = "address_refused"
    status = 422


@router.get("/webhooks", response=list[shapes.Endpoint], **needing(Scope.ORDERS_READ))
def list_endpoints(request: ProgramRequest) -> list[shapes.Endpoint]:
    """List the addresses that are told. Queries: 1."""
    rows = Endpoint.objects.filter(merchant=request.token.shop, removed_at=None)
    return [telling.endpoint(row) for row in rows.order_by("pk")]


@router.post(
    "/webhooks", response={201: shapes.NewEndpoint}, **needing(Scope.ORDERS_WRITE, writes=True)
)
def create_endpoint(request: ProgramRequest, body: shapes.EndpointIn) -> shapes.NewEndpoint:
    """Tell an address what happens from now on. Only this answer has the secret."""
    url = str(body.url)
    if objection := outside.objection(url):
        raise AddressRefused(objection)
    made = Endpoint.make(
        request.token.shop,
        url=url,
        events=sorted({event.value for event in body.events}),
        by=request.token.made_by,
        at=request.at,
    )
    return shapes.NewEndpoint(**telling.endpoint(made).model_dump(), secret=made.secret)


@router.delete(PLACE, response={204: None}, **needing(Scope.ORDERS_WRITE, writes=True))
def remove_endpoint(request: ProgramRequest, endpoint_id: str) -> None:
    """Tell an address nothing more."""
    rows = Endpoint.objects.filter(merchant=request.token.shop, removed_at=None)
    get_object_or_404(rows, public_id=endpoint_id).remove(at=request.at)


@router.get(
    f"{PLACE}/deliveries", response=shapes.Page[shapes.Delivery], **needing(Scope.ORDERS_READ)
)
def list_deliveries(
    request: ProgramRequest,
    endpoint_id: str,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[shapes.Delivery]:
    """List what an address was told, the newest first. Queries: 2."""
    rows = Endpoint.objects.filter(merchant=request.token.shop, removed_at=None)
    endpoint = get_object_or_404(rows, public_id=endpoint_id)
    told = Delivery.objects.filter(endpoint=endpoint).select_related("endpoint")
    page = paging.newest_first(told, by="at", cursor=cursor, size=limit)
    items = [telling.delivery(row) for row in page.rows]
    return shapes.Page[shapes.Delivery](items=items, next_cursor=page.next_cursor)


@router.post(
    "/deliveries/{public_id:delivery_id}/replay",
    response=shapes.Delivery,
    **needing(Scope.ORDERS_WRITE, writes=True),
)
def replay_delivery(request: ProgramRequest, delivery_id: str) -> shapes.Delivery:
    """Tell something again."""
    rows = Delivery.objects.filter(endpoint__merchant=request.token.shop, endpoint__removed_at=None)
    row = get_object_or_404(rows.select_related("endpoint"), public_id=delivery_id)
    row.replay(at=request.at)
    row.refresh_from_db()
    return telling.delivery(row)
