"""When a parcel arrives, as arithmetic on working days.

The seller packs on the working days of its own region, and the parcel travels on those of the
buyer's. What is ordered after the cut-off is packed as if ordered on the next working day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

SATURDAY = 5
FURTHEST = 400
"""Days after which a search for working days is given up: a calendar without any is a bug."""

DaysOff = Callable[[date], bool]
"""Tells whether a day is a public holiday somewhere."""


def never(day: date) -> bool:
    """Know no public holiday."""
    return False


@dataclass(frozen=True)
class Window:
    """Days on which a parcel should arrive, both inclusive."""

    from_on: date
    until_on: date


@dataclass(frozen=True)
class Packing:
    """How a seller packs. cutoff: until when on a day; None: whenever an order comes.

    days: working days that packing takes. off: public holidays of its region.
    """

    cutoff: time | None = None
    days: int = 0
    off: DaysOff = never

    def leaves_on(self, ordered_at: datetime) -> date:
        """Return the day on which an order of that local time leaves."""
        day = ordered_at.date()
        is_late = self.cutoff is not None and ordered_at.time() >= self.cutoff
        if is_late or (self.cutoff is not None and not _works(day, self.off)):
            day = _working_day(day, 1, self.off)
        return _working_day(day, self.days, self.off)

    def overdue_before(self, today: date) -> datetime:
        """Return the local time before which everything was ordered that was to leave by today."""
        day = today
        for _ in range(FURTHEST):
            day -= timedelta(days=1)
            if self.leaves_on(datetime.combine(day, time.max)) < today:
                return datetime.combine(day + timedelta(days=1), time())
            if self.cutoff and self.leaves_on(datetime.combine(day, time())) < today:
                return datetime.combine(day, self.cutoff)
        raise ValueError("there is no working day in sight")


def window(
    ordered_at: datetime, *, packing: Packing, days_from: int, days_until: int, off: DaysOff
) -> Window:
    """Return the days of arrival. days: on the way, from the day after it leaves.

    ordered_at: local time. off: public holidays where the parcel goes.
    """
    leaves_on = packing.leaves_on(ordered_at)
    return Window(_working_day(leaves_on, days_from, off), _working_day(leaves_on, days_until, off))


def _working_day(start_on: date, days: int, off: DaysOff) -> date:
    """Return the day that is so many working days later; itself for none."""
    day = start_on
    for _ in range(FURTHEST):
        if days <= 0:
            return day
        day += timedelta(days=1)
        days -= _works(day, off)
    raise ValueError("there is no working day in sight")


def _works(day: date, off: DaysOff) -> bool:
    return day.weekday() < SATURDAY and not off(day)
