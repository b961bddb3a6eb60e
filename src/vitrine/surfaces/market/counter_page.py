"""The reads of the counter's page."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from vitrine.catalog.models import Location, LocationKind, Merchant
from vitrine.orders.models import Order, OrderState, QueuedHandover

MOST_SHOWN = 300


def stores(merchant: Merchant) -> list[Location]:
    """Return where people collect. Queries: 1."""
    rows = Location.objects.open().filter(merchant=merchant, kind=LocationKind.STORE)
    return list(rows.order_by("pk"))


def pickups(merchant: Merchant, store: Location | None, *, at: datetime) -> "QuerySet[Order]":
    """Return what waits at a store, or at all: what is ready first. Queries: 2."""
    rows = Order.objects.sold_by(merchant).filter(
        state__in=[OrderState.READY, OrderState.PLACED], pickup_location__isnull=False
    )
    if store is not None:
        rows = rows.filter(pickup_location=store)
    rows = rows.addressed(at=at).select_related("pickup_location").prefetch_related("lines")
    return rows.order_by("-state", "placed_at")[:MOST_SHOWN]


def told_to_devices(
    merchant: Merchant, store: Location | None, *, at: datetime
) -> list[dict[str, Any]]:
    """Return what a counter has to know without a network: no code, only what one digests to."""
    return [
        {
            "id": order.public_id,
            "number": order.public_id[-6:],
            "name": order.called,
            "lines": [f"{line.quantity} × {line.title}" for line in order.lines.all()],
            "digest": bytes(order.pickup_code_digest or b"").hex(),
        }
        for order in pickups(merchant, store, at=at)
        if order.state == OrderState.READY
    ]


def conflicts(merchant: Merchant) -> "QuerySet[QueuedHandover]":
    """Return hand-overs that contradict others, with who else had the order. Queries: 1."""
    rows = QueuedHandover.objects.in_conflict().filter(merchant=merchant)
    return rows.select_related("by", "order__fulfilment__by").order_by("-pk")
