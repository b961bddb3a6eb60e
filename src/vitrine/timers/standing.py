"""How each timer stands: when it last ran, when it is due, whether it is late or broken."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from procrastinate import Blueprint
from procrastinate.periodic import PeriodicTask

from vitrine.timers import recording
from vitrine.timers.models import Timer

GRACE = timedelta(minutes=10)
"""How long a turn may wait behind other jobs, and take, before it is called late."""
ALIVE = timedelta(minutes=2)


@dataclass(frozen=True)
class Standing:
    """One timer. due_at: its next turn after the last it began; None: no worker ever had it."""

    name: str
    cron: str
    timer: Timer | None
    due_at: datetime | None
    is_late: bool

    @property
    def is_broken(self) -> bool:
        """Tell whether its last run failed."""
        timer = self.timer
        if timer is None or timer.failed_at is None:
            return False
        return timer.finished_at is None or timer.finished_at < timer.failed_at


def all_of(app: Blueprint, *, at: datetime) -> list[Standing]:
    """Return how each timer stands, the late ones first, then the broken ones. Queries: 1."""
    known = {timer.name: timer for timer in Timer.objects.all()}
    found = [_standing(each, known.get(each.task.name), at=at) for each in recording.periodic(app)]
    return sorted(found, key=lambda one: (not one.is_late, not one.is_broken, one.name))


def next_turn(since: datetime, timer: PeriodicTask[Any, Any, Any]) -> datetime:
    """Return the first turn after an instant."""
    turn: datetime = timer.croniter.get_next(datetime, start_time=since.astimezone(UTC))
    return turn


def workers_alive(*, at: datetime) -> int:
    """Count the workers that were heard of a moment ago. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s", [at - ALIVE]
        )
        return int(cursor.fetchone()[0])


def _standing(each: PeriodicTask[Any, Any, Any], timer: Timer | None, *, at: datetime) -> Standing:
    if timer is None:
        return Standing(each.task.name, each.cron, None, None, is_late=False)
    due_at = next_turn(timer.begun_at or timer.known_at, each)
    return Standing(each.task.name, each.cron, timer, due_at, is_late=due_at + GRACE < at)
