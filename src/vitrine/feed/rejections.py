"""How many reports were not believed, by reason. Kept in memory for some seconds: an attack must
not become writes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum

from vitrine.feed.days import local_day
from vitrine.feed.models import Rejection
from vitrine.feed.plausible import Reason
from vitrine.kernel.batches import Batch
from vitrine.sovereignty.cell import home

SHOWN = timedelta(days=30)


def note(reasons: Iterable[Reason]) -> None:
    """Count reports that were not believed."""
    for reason in reasons:
        batch.add(reason, 1)


def counted(*, at: datetime) -> dict[Reason, int]:
    """Return how many reports of the last days were not believed, by reason. Queries: 1."""
    recent = Rejection.objects.filter(day__gt=local_day(at - SHOWN))
    sums = dict(recent.values_list("reason").annotate(Sum("reports")).order_by())
    return {reason: sums.get(reason.value, 0) for reason in Reason}


def _write(reasons: dict[Reason, int], at: datetime) -> dict[Reason, int]:
    named = sorted((reason.value, number) for reason, number in reasons.items())
    names, numbers = zip(*named, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feed_rejection AS known (home_cell, day, reason, reports)"
            " SELECT %s, %s, reason, reports FROM unnest(%s::text[], %s::bigint[])"
            " AS new (reason, reports)"
            " ON CONFLICT (day, reason) DO UPDATE SET reports = known.reports + excluded.reports",
            [home(), local_day(at), list(names), list(numbers)],
        )
    return {}


batch: Batch[Reason] = Batch(_write)
