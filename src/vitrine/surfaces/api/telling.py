"""Rows as the API tells them."""

from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings

from vitrine.catalog import models as catalog
from vitrine.commission import reckoning
from vitrine.orders import models as orders
from vitrine.orders import moving
from vitrine.orders.models import MoveState
from vitrine.programs import models as programs
from vitrine.surfaces.api import lines, shapes

State = Literal["draft", "on_sale", "withdrawn", "held"]


def product(row: catalog.Product) -> shapes.Product:
    """Tell a product, which comes with its merchant and its variants on offer."""
    variants = [
        shapes.Variant(
            id=each.public_id,
            sku=each.sku,
            option_values=each.option_values,
            price_minor=each.price_minor,
            compare_at_minor=each.compare_at_minor,
            barcode=each.barcode,
            weight_g=each.weight_g,
        )
        for each in row.variants.all()
        if each.withdrawn_at is None
    ]
    return shapes.Product(
        id=row.public_id,
        title=row.title,
        description_html=row.description,
        brand=row.brand,
        category=row.category,
        option_names=row.option_names,
        currency=row.merchant.currency,
        state=_state(row),
        url=f"{settings.VITRINE_ORIGIN}{row.get_absolute_url()}",
        created_at=row.created_at,
        variants=sorted(variants, key=lambda each: each.sku),
    )


def _state(row: catalog.Product) -> State:
    if row.held_at is not None:
        return "held"
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "on_sale" if row.published_at is not None else "draft"


def level(row: catalog.Stock) -> shapes.Level:
    """Tell how many are at a location."""
    return shapes.Level(
        variant=row.variant.public_id,
        sku=row.variant.sku,
        location=row.location.public_id,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.available,
    )


def order(row: orders.Order) -> shapes.Order:
    """Tell an order, which comes addressed, with its lines and moves."""
    group = row.group
    return shapes.Order(
        **_named(row, "state", "placed_at", "goods_minor", "delivery_minor", "off_minor"),
        tax_minor=row.tax_minor,
        id=row.public_id,
        currency=group.currency,
        total_minor=row.total_minor,
        is_pickup=row.is_pickup,
        delivery_name=row.delivery_name,
        lines=[
            shapes.OrderLine(
                number=number,
                off_minor=each.goods_minor - each.paid_minor,
                **_named(each, "sku", "title", "options", "quantity", "unit_minor", "goods_minor"),
            )
            for number, each in lines.numbered(row).items()
        ],
        address=None if row.is_pickup else shapes.Address(**row.addressee),
        address_at=row.withheld_until if row.is_open else None,
        pending=pending(row),
    )


def step(row: orders.Order) -> shapes.Step:
    """Tell where an order stands, and nothing of who bought."""
    return shapes.Step(id=row.public_id, state=row.state, pending=pending(row))


def money(row: orders.Order) -> shapes.Money:
    """Tell what an order comes to for its shop. Queries: 1 for what is creators'."""
    commission = reckoning.of_order(row)
    return shapes.Money(
        **_named(row, "total_minor", "tax_minor", "fee_minor"),
        id=row.public_id,
        currency=row.group.currency,
        commission_minor=commission,
        share_minor=moving.merchant_share(row) - commission,
    )


def refund(row: orders.Refund, numbers: Mapping[int, int]) -> shapes.Refund:
    """Tell a refund, which comes with its move and lines. numbers: of lines, by their key."""
    return shapes.Refund(
        **_named(row, "kind", "amount_minor", "delivery_minor", "fee_minor"),
        **_named(row.move, "state", "asked_at", "reason"),
        id=row.public_id,
        lines=lines.units(row.lines.all(), numbers),
    )


def endpoint(row: programs.Endpoint) -> shapes.Endpoint:
    """Tell an endpoint, without its secret."""
    return shapes.Endpoint(
        id=row.public_id,
        url=row.url,
        events=row.events,
        is_told=row.disabled_at is None,
        failing_since=row.failing_since,
    )


def delivery(row: programs.Delivery) -> shapes.Delivery:
    """Tell a message to an endpoint."""
    return shapes.Delivery(
        **_named(row, "event", "thing", "at", "state", "tries", "status", "trouble"),
        id=row.public_id,
        endpoint=row.endpoint.public_id,
    )


def pending(row: orders.Order) -> str | None:
    """Tell which move of an order's money is under way. It comes with its moves."""
    asked = (each.kind for each in row.moves.all() if each.state == MoveState.ASKED)
    return next(map(str, asked), None)


def _named(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
