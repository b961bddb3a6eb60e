"""Times as people set them: by the clocks of the cell's own country, twice a year not straight."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location

from vitrine.sovereignty.cell import locale, this_cell


class NoSuchTime(ValueError):
    """The clocks go forward over this time. instead: what they show at that moment."""

    def __init__(self, instead: str) -> None:
        self.instead = instead
        super().__init__(instead)


def zone() -> ZoneInfo:
    """Return the cell's own time zone."""
    return ZoneInfo(this_cell().time_zone)


def place() -> str:
    """Return the city whose clocks are meant."""
    return get_timezone_location(zone(), locale=locale(), return_city=True)


def instant(text: str) -> datetime:
    """Return when the clocks show what a ``datetime-local`` field sent; the first time of two.

    Raises: NoSuchTime, ValueError.
    """
    wall = datetime.fromisoformat(text)
    if wall.tzinfo is not None or not 2000 <= wall.year < 9000:
        raise ValueError(text)
    at = wall.replace(tzinfo=zone(), fold=0).astimezone(UTC)
    shown = at.astimezone(zone())
    if shown.replace(tzinfo=None) != wall:
        raise NoSuchTime(_hour(shown))
    return at


def is_twice(at: datetime) -> bool:
    """Tell whether the clocks are turned back, so that they show this time once more."""
    local = at.astimezone(zone())
    return local.utcoffset() != local.replace(fold=1).utcoffset() and local.fold == 0


def typed(at: datetime | None) -> str:
    """Write an instant as a ``datetime-local`` field takes it."""
    return at.astimezone(zone()).strftime("%Y-%m-%dT%H:%M") if at else ""


def said(at: datetime) -> str:
    """Say an instant: "Saturday, November 29, 2026, 6:00 PM (New York)"."""
    local = at.astimezone(zone())
    day = format_date(local, "full", locale=locale())
    return f"{day}, {_hour(local)} ({place()})"


def _hour(local: datetime) -> str:
    return str(format_time(local, "short", tzinfo=zone(), locale=locale()))
