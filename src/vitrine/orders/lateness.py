"""By when a parcel is to leave: one working day after its order, or the packing time if longer."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from vitrine.catalog.models import Merchant
from vitrine.orders import workdays
from vitrine.orders.arrival import Packing
from vitrine.orders.models import OrderState
from vitrine.sovereignty.cell import this_cell


def packing_of(merchant: Merchant) -> Packing:
    """Return how a merchant has to pack, as its scores count it."""
    return Packing(
        cutoff=merchant.packs_until,
        days=max(merchant.packing_days, 1),
        off=workdays.holidays_of(this_cell().country, merchant.region),
    )


def waits_too_long(merchant: Merchant, *, at: datetime) -> Q:
    """Return which of a merchant's orders wait past the day on which they were to leave."""
    zone = ZoneInfo(this_cell().time_zone)
    due = packing_of(merchant).overdue_before(at.astimezone(zone).date())
    ordered_before = due.replace(tzinfo=zone)
    return Q(state=OrderState.PLACED, pickup_location=None, placed_at__lt=ordered_before)
