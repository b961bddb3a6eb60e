"""How many reports of ads were refused, by reason. Kept in memory for some seconds: an attack must
not become writes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from vitrine.ads.models import Disbelief
from vitrine.ads.tokens import Reason
from vitrine.kernel.batches import Batch
from vitrine.sovereignty.cell import home, local_day

KEPT = timedelta(days=30)


def note(reasons: Iterable[Reason]) -> None:
    """Count reports that were refused."""
    for reason in reasons:
        batch.add(reason, 1)


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago. Queries: 1."""
    Disbelief.objects.filter(day__lt=local_day(at - KEPT)).delete()


def _write(reasons: dict[Reason, int], at: datetime) -> dict[Reason, int]:
    named = sorted((reason.value, number) for reason, number in reasons.items())
    names, numbers = zip(*named, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ads_disbelief AS known (home_cell, day, reason, reports)"
            " SELECT %s, %s, reason, reports FROM unnest(%s::text[], %s::bigint[])"
            " AS new (reason, reports)"
            " ON CONFLICT (day, reason) DO UPDATE SET reports = known.reports + excluded.reports",
            [home(), local_day(at), list(names), list(numbers)],
        )
    return {}


batch: Batch[Reason] = Batch(_write)
