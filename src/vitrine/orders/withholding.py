"""The time in which a buyer can take a purchase back, and its merchant is not told the address.

Source: docs/adr/0070-after-the-order.md.
"""

from datetime import datetime, timedelta

from django.conf import settings


def minutes() -> int | None:
    """Return how long that is, from the moment an order is placed. None: the cell has none."""
    return settings.VITRINE_CANCEL_MINUTES or None


def until(placed_at: datetime) -> datetime | None:
    """Return when it ends for what is placed at a moment."""
    lasts = minutes()
    return placed_at + timedelta(minutes=lasts) if lasts else None
