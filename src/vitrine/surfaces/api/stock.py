"""Stock: read by place, and set where it is still what was read."""

from typing import Annotated

from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from vitrine.catalog import stockkeeping
from vitrine.catalog.models import Location, Stock, Variant
from vitrine.programs.scopes import Scope
from vitrine.surfaces.api import shapes, telling
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["stock"])


@router.get("/locations", response=list[shapes.Location], **needing(Scope.CATALOG_READ))
def list_locations(request: ProgramRequest) -> list[shapes.Location]:
    """List the shop's warehouses and stores. Queries: 1."""
    rows = Location.objects.filter(merchant=request.token.shop).order_by("pk")
    return [
        shapes.Location(
            id=row.public_id,
            kind="store" if row.kind == "store" else "warehouse",
            name=row.name,
            city=row.city,
            is_open=row.closed_at is None,
        )
        for row in rows
    ]


@router.get("/stock", response=shapes.Page[shapes.Level], **needing(Scope.CATALOG_READ))
def list_stock(
    request: ProgramRequest,
    variant: str = "",
    location: str = "",
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> shapes.Page[shapes.Level]:
    """List how many of what are where, of one variant or location if it is named. Queries: 1."""
    rows = Stock.objects.filter(location__merchant=request.token.shop, pk__gt=cursor)
    named = Q()
    if variant:
        named &= Q(variant__public_id=variant)
    if location:
        named &= Q(location__public_id=location)
    found = list(
        rows.filter(named).select_related("variant", "location").order_by("pk")[: limit + 1]
    )
    shown = found[:limit]
    after = str(shown[-1].pk) if len(found) > limit else None
    items = [telling.level(row) for row in shown]
    return shapes.Page[shapes.Level](items=items, next_cursor=after)


@router.patch(
    "/stock/{public_id:variant_id}/{public_id:location_id}",
    response=shapes.Level,
    url_name="level",
    **needing(Scope.STOCK_WRITE, writes=True),
)
def set_stock(
    request: ProgramRequest, variant_id: str, location_id: str, body: shapes.LevelIn
) -> shapes.Level:
    """Set what was counted, if on_hand is still what was seen; else 409, and nothing changed."""
    merchant = request.token.shop
    variant = get_object_or_404(Variant, merchant=merchant, public_id=variant_id)
    location = get_object_or_404(Location, merchant=merchant, public_id=location_id)
    stock = stockkeeping.at_location(variant, location)
    key = f"api:{request.token.public_id}:{request.headers['Idempotency-Key']}"
    stockkeeping.count(
        stock,
        body.on_hand,
        seen=body.seen,
        key=key,
        by=request.token.made_by,
        at=request.at,
        note=body.note,
    )
    return telling.level(Stock.objects.select_related("variant", "location").get(pk=stock.pk))
