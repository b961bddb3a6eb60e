"""When an order counts as delivered: collected, or on the last day that was promised for it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vitrine.orders.models import Fulfilment, Order
from vitrine.sovereignty.cell import this_cell


def at(order: Order) -> datetime:
    """Return the moment; of a handed-over order. Queries: 1.

    A parcel that left after the promised day counts from then. Carriers tell us nothing yet.
    """
    parts = Fulfilment.objects.filter(order=order)
    moments = [left for one in parts if (left := one.collected_at or one.shipped_at)]
    if not moments:
        raise ValueError(f"order {order.public_id} was not handed over")
    if order.is_pickup or order.arrives_until_on is None:
        return max(moments)
    zone = ZoneInfo(this_cell().time_zone)
    promised = datetime.combine(order.arrives_until_on + timedelta(days=1), time(), zone)
    return max(*moments, promised)
