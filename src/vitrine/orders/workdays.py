"""Public holidays of a country and region.

The library that knows them takes most of a second to import, for all the world's countries: it is
loaded when first asked, and web processes ask in the background as they start.
"""

import importlib
from datetime import date
from functools import cache, lru_cache, partial
from threading import Thread
from types import ModuleType

from vitrine.orders.arrival import DaysOff


def holidays_of(country: str, region: str) -> DaysOff:
    """Return who knows the public holidays of a place. region: empty for the country's own."""
    return partial(_is_holiday, country, region)


def warm(country: str) -> None:
    """Load the library in the background."""
    Thread(target=days_off, args=(country, "", date.min.year), daemon=True).start()


@lru_cache(maxsize=512)
def days_off(country: str, region: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year; of a region that is not known, the country's."""
    entity = getattr(_library(), country)
    known = region if region in entity.subdivisions else None
    return frozenset(entity(subdiv=known, years=year))


def _is_holiday(country: str, region: str, day: date) -> bool:
    return day in days_off(country, region, day.year)


@cache
def _library() -> ModuleType:
    return importlib.import_module("holidays")
