"""Public holidays of a country and its regions, for hours of stores and days of parcels alike.

The library that knows them takes most of a second to import, for all the world's countries: it is
loaded when first asked, and web processes ask in the background as they start.
"""

import importlib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from threading import Thread
from types import ModuleType


@lru_cache(maxsize=512)
def named(country: str, region: str, year: int) -> Mapping[date, str]:
    """Return a year's public holidays in their order; of an unknown region, the country's."""
    entity = getattr(_library(), country)
    known = region if region in entity.subdivisions else None
    return dict(sorted(entity(subdiv=known, years=year).items()))


def warm(country: str) -> None:
    """Load the library in the background."""
    Thread(target=named, args=(country, "", date.min.year), daemon=True).start()


@cache
def _library() -> ModuleType:
    return importlib.import_module("holidays")
