"""The time zones of the cell's country, by the cities that people know them by."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import get_timezone_location

from vitrine.sovereignty.cell import locale, this_cell


def choices() -> list[tuple[str, str]]:
    """Return zone and city, the cell's own first, then in the order of their cities."""
    cell = this_cell()
    return list(_choices(cell.country, cell.time_zone, locale()))


def city(zone: str) -> str:
    """Return the city that people know a zone by."""
    return str(get_timezone_location(ZoneInfo(zone), locale=locale(), return_city=True))


@lru_cache(maxsize=32)
def _choices(country: str, first: str, told: str) -> tuple[tuple[str, str], ...]:
    zones = [zone for zone, of in get_global("zone_territories").items() if of == country]
    cities = {
        zone: get_timezone_location(ZoneInfo(zone), locale=told, return_city=True)
        for zone in {first, *zones}
    }
    return tuple(sorted(cities.items(), key=lambda each: (each[0] != first, each[1])))
