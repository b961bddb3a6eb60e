"""The hours of a location: what its owner wrote, and the public holidays where it is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from vitrine.catalog import opening_hours, public_holidays
from vitrine.catalog.models import Location
from vitrine.catalog.opening_hours import Hours, Spans, Standing
from vitrine.sovereignty.cell import this_cell

TIME_ZONES: Mapping[str, Sequence[str]] = {
    "US": (
        *("America/New_York", "America/Detroit", "America/Chicago", "America/Denver"),
        *("America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"),
    ),
    "CA": (
        *("America/St_Johns", "America/Halifax", "America/Toronto", "America/Winnipeg"),
        *("America/Regina", "America/Edmonton", "America/Vancouver"),
    ),
    "AU": (
        *("Australia/Sydney", "Australia/Hobart", "Australia/Brisbane", "Australia/Adelaide"),
        *("Australia/Darwin", "Australia/Perth"),
    ),
    "NZ": ("Pacific/Auckland", "Pacific/Chatham"),
}
"""The clocks of a country."""


def of(location: Location, at: datetime) -> Hours | None:
    """Return a location's hours around a moment; None where its owner has told none."""
    if location.weekly_hours is None:
        return None
    zone = zone_of(location)
    year = at.astimezone(zone).year
    days = holidays_near(location, year)
    return Hours(
        zone=zone,
        weekly=tuple(_spans(day) for day in location.weekly_hours),
        special={
            date.fromisoformat(day): _spans(spans)
            for day, spans in (location.special_days or {}).items()
        },
        holidays=frozenset(days) if location.keeps_holidays else frozenset(),
    )


def standing(location: Location, at: datetime) -> Standing | None:
    """Tell how a store stands; None where its owner has told no hours."""
    hours = of(location, at)
    return opening_hours.standing(hours, at) if hours else None


def ready_at(location: Location, at: datetime) -> datetime | None:
    """Return when a pick-up that is ordered now is ready; None where no hours say so."""
    hours = of(location, at)
    return opening_hours.after(hours, at, location.ready_minutes) if hours else None


def zone_of(location: Location) -> ZoneInfo:
    """Return a location's own time zone, or the cell's."""
    return ZoneInfo(location.time_zone or this_cell().time_zone)


def holidays_near(location: Location, year: int) -> Mapping[date, str]:
    """Return the public holidays where a location is, of a year and of those beside it."""
    country = this_cell().country
    years = (year - 1, year, year + 1)
    return {
        day: name
        for each in years
        for day, name in public_holidays.named(country, location.region, each).items()
    }


def _spans(stored: Sequence[Sequence[int]]) -> Spans:
    return tuple((begins, ends) for begins, ends in stored)
