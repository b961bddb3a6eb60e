"""On which days nobody packs or brings a parcel, beside the weekend."""

from datetime import date
from functools import partial

from vitrine.catalog import public_holidays
from vitrine.orders.arrival import DaysOff


def holidays_of(country: str, region: str) -> DaysOff:
    """Return who knows the public holidays of a place. region: empty for the country's own."""
    return partial(_is_holiday, country, region)


def _is_holiday(country: str, region: str, day: date) -> bool:
    return day in public_holidays.named(country, region, day.year)
