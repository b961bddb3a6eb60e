"""When a store is open: arithmetic on hours as people write them, over any change of the clock.

A day has spans of local time, in minutes from its midnight; a span may reach into the next day.
Source: docs/adr/0066-stock-and-stores.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = 24 * 60
DAYS_AHEAD = 60
"""A store that does not open for so long is not going to."""

_SPAN = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})?)?\s*(am|pm)?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.h](\d{2})?)?\s*(am|pm)?"
)

Span = tuple[int, int]
Spans = tuple[Span, ...]


class BadHours(ValueError):
    """What was written is no span of time."""


@dataclass(frozen=True)
class Hours:
    """A store's hours. weekly: Monday first. special: overrides a day, holidays too."""

    zone: ZoneInfo
    weekly: tuple[Spans, ...]
    special: Mapping[date, Spans] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def on(self, day: date) -> Spans:
        """Return the spans that begin on a day."""
        if day in self.special:
            return self.special[day]
        return () if day in self.holidays else self.weekly[day.weekday()]


@dataclass(frozen=True)
class Standing:
    """How a store stands at a moment. until: when that changes, in its own time.

    None: not within DAYS_AHEAD.
    """

    is_open: bool
    until: datetime | None


def parse(text: str) -> Spans:
    """Read a day's spans, e.g. "9:00–12:30, 14–18" or "9am–6pm"; nothing written is closed.

    Raises: BadHours.
    """
    spans = []
    for part in text.replace(";", ",").replace(" and ", ",").split(","):
        if not (words := " ".join(part.lower().split())):
            continue
        found = _SPAN.fullmatch(words)
        if found is None:
            raise BadHours(part.strip())
        begins, ends = _minute(*found.groups()[:3]), _minute(*found.groups()[3:])
        if begins == ends or begins >= DAY:
            raise BadHours(part.strip())
        spans.append((begins, ends if ends > begins else ends + DAY))
    return _in_order(spans)


def write(spans: Sequence[Span]) -> str:
    """Write spans as they are read again."""
    return ", ".join(f"{_clock(begins)}–{_clock(ends)}" for begins, ends in spans)


def standing(hours: Hours, at: datetime) -> Standing:
    """Tell whether a store is open, and until when it stays so."""
    for begins, ends in _openings(hours, at):
        if begins <= at:
            is_for_long = ends > at + timedelta(days=DAYS_AHEAD - 2)
            return Standing(
                is_open=True, until=None if is_for_long else ends.astimezone(hours.zone)
            )
        return Standing(is_open=False, until=begins.astimezone(hours.zone))
    return Standing(is_open=False, until=None)


def after(hours: Hours, at: datetime, minutes: int) -> datetime | None:
    """Return when so many minutes of opening time have passed; None if that is never."""
    left = timedelta(minutes=minutes)
    for begins, ends in _openings(hours, at):
        start = max(begins, at)
        if ends - start >= left:
            return (start + left).astimezone(hours.zone)
        left -= ends - start
    return None


def _openings(hours: Hours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the openings that end after a moment, in their order; those that touch are one."""
    first = at.astimezone(hours.zone).date() - timedelta(days=1)
    joined: tuple[datetime, datetime] | None = None
    for ahead in range(DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        for begins, ends in hours.on(day):
            opening = _instant(day, begins, hours.zone), _instant(day, ends, hours.zone)
            if opening[1] <= max(at.astimezone(UTC), opening[0]):
                continue  # over, or swallowed by a clock that was put forward
            if joined and opening[0] <= joined[1]:
                joined = joined[0], max(joined[1], opening[1])
                continue
            if joined:
                yield joined
            joined = opening
    if joined:
        yield joined


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the moment of a local time; one that a change of the clock skips is the next."""
    days, minute = divmod(minute, DAY)
    local = datetime.combine(day + timedelta(days=days), time(*divmod(minute, 60)), zone)
    return local.astimezone(UTC)


def _in_order(spans: Sequence[Span]) -> Spans:
    ordered = tuple(sorted(spans))
    for before, span in pairwise(ordered):
        if span[0] < before[1]:
            raise BadHours(f"{write([before])}, {write([span])}")
    return ordered


def _minute(hour: str, minute: str | None, half: str | None) -> int:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            raise BadHours(f"{hour} {half}")
        number = number % 12 + (12 if half == "pm" else 0)
    total = number * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > DAY:
        raise BadHours(f"{hour}:{minute or '00'}")
    return total


def _clock(minute: int) -> str:
    minute = minute if minute == DAY else minute % DAY
    return f"{minute // 60}:{minute % 60:02d}"
