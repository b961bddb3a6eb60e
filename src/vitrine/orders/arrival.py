"""When a parcel arrives, as arithmetic on working days."""

from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5


@dataclass(frozen=True)
class Window:
    """Days on which a parcel should arrive, both inclusive."""

    from_on: date
    until_on: date


def window(ordered_on: date, *, days_from: int, days_until: int) -> Window:
    """Return the days of arrival, counting working days from the day after the order."""
    return Window(_working_day(ordered_on, days_from), _working_day(ordered_on, days_until))


def _working_day(start_on: date, days: int) -> date:
    day = start_on
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            days -= 1
    return day
