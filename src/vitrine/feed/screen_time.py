"""How long a person watched, by day, and whether it is enough for today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from vitrine.accounts.models import Person
from vitrine.feed.aliases import alias
from vitrine.feed.days import local_day
from vitrine.feed.models import Habit, Viewing

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands today. is_over: enough for today. wants_break: a pause is due."""

    minutes: int
    is_over: bool = False
    wants_break: bool = False


def by_day(person: Person, *, days: int, at: datetime) -> Sequence[tuple[date, int]]:
    """Return the milliseconds watched on each of the last days, today last. Queries: 1.

    A day is the cell's own, and time counts on the day its clip was served. What was watched while
    the history was paused counts too: its facts are found by the day's other name.
    """
    today = local_day(at)
    shown = [today - timedelta(days=n) for n in reversed(range(days))]
    names = [person.public_id, *(alias(person.public_id, day) for day in shown)]
    rows = (
        Viewing.objects.filter(viewer__in=names, day__gte=shown[0])
        .order_by()
        .values("impression", "day")
        .annotate(ms=Max("watched_ms"))
    )
    sums = dict.fromkeys(shown, 0)
    for row in rows:
        if row["day"] in sums:
            sums[row["day"]] += row["ms"]
    return list(sums.items())


def standing(person: Person, *, at: datetime) -> Standing | None:
    """Tell where a person stands today; None without a limit or reminders. Queries: 1 or 2."""
    habit, today = Habit.of(person), local_day(at)
    if habit.done_on != today and not habit.limit_minutes and not habit.break_minutes:
        return None
    ((_, watched_ms),) = by_day(person, days=1, at=at)
    minutes = watched_ms // MINUTE_MS
    return Standing(
        minutes,
        is_over=_is_over(habit, today, minutes),
        wants_break=_wants_break(habit, today, watched_ms),
    )


def _is_over(habit: Habit, today: date, minutes: int) -> bool:
    if habit.done_on == today:
        return True
    if habit.limit_minutes is None:
        return False
    more = habit.more_minutes if habit.more_on == today else 0
    return minutes >= habit.limit_minutes + more


def _wants_break(habit: Habit, today: date, watched_ms: int) -> bool:
    if habit.break_minutes is None:
        return False
    since = habit.break_ms if habit.break_on == today else 0
    return watched_ms - since >= habit.break_minutes * MINUTE_MS


def remind(person: Person, *, at: datetime) -> None:
    """Note that a break was suggested, so that it is not suggested again at once. Queries: 3."""
    ((today, watched_ms),) = by_day(person, days=1, at=at)
    Habit.of(person).reminded(today=today, watched_ms=watched_ms)
