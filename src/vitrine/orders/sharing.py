"""Whoever has a share of an order is reckoned with after each thing that happens to its money."""

from collections.abc import Sequence

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from vitrine.orders.models import Order


def reckon_later(*orders: Order) -> None:
    """Have creators reckoned with, in the transaction of what happened. Queries: 1 each, and jobs.

    By name, since the task imports what imports this module. Only orders that were met on clips.
    """
    reckon_those_later(
        [order.pk for order in orders if any(line.clip_id for line in order.lines.all())]
    )


def reckon_those_later(order_ids: Sequence[int]) -> None:
    """Do so for orders of which is known that they were met on clips. Queries: their jobs'."""
    met: list[dict[str, JSONValue]] = [{"order_id": order_id} for order_id in order_ids]
    if met:
        app.configure_task("commission.reckon", queue="settle").batch_defer(*met)
