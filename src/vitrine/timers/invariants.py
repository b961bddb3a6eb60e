"""What ``vitrine check`` asks of timers."""

from django.db import connection
from procrastinate.contrib.django import app

from vitrine.kernel.invariants import Finding, invariant
from vitrine.timers import standing
from vitrine.timers.models import Timer


@invariant("T1", "While a worker runs, no timer is late and none broke at its last turn")
def timers_run() -> Finding:
    """Look for timers that nobody starts any more. A cell that is down is late with none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    if not standing.workers_alive(at=now):
        return Finding(0)
    found = standing.all_of(app, at=now)
    late = [f"{one.name} is late: its turn was at {one.due_at}" for one in found if one.is_late]
    broken = [
        f"{one.name} broke: {one.timer.failure}"
        for one in found
        if one.is_broken and one.timer is not None
    ]
    return Finding(Timer.objects.count(), late + broken)
