"""Whoever has a share of an order is reckoned with after each thing that happens to its money."""

from procrastinate.contrib.django import app

from vitrine.orders.models import OrderLine


def reckon_later(*orders: int) -> None:
    """Have creators reckoned with, in the transaction of what happened. Queries: 1, and jobs.

    By name, since the task imports what imports this module. Only orders that were met on clips.
    """
    met = OrderLine.objects.filter(order__in=orders, clip__isnull=False)
    found = [{"order_id": pk} for pk in met.values_list("order", flat=True).distinct()]
    if found:
        app.configure_task("commission.reckon", queue="settle").batch_defer(*found)
