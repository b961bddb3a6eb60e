"""How many reports of ads were refused, by ad and reason.

Kept in memory for some seconds: an attack must not become writes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from vitrine.ads.models import Billed, Disbelief
from vitrine.ads.tokens import Reason
from vitrine.kernel.batches import Batch
from vitrine.sovereignty.cell import home, local_day

KEPT = timedelta(days=30)


class Refused(NamedTuple):
    """A report that was refused. ad: None where nobody can tell which one it is of."""

    reason: Reason
    what: Billed
    ad: int | None = None


def note(refused: Iterable[Refused]) -> None:
    """Count reports that were refused."""
    for one in refused:
        batch.add(one, 1)


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago. Queries: 1."""
    Disbelief.objects.filter(day__lt=local_day(at - KEPT)).delete()


def _write(refused: dict[Refused, int], at: datetime) -> dict[Refused, int]:
    named = [(one.ad or 0, one.what.value, one.reason.value, n) for one, n in refused.items()]
    ads, whats, reasons, numbers = (list(column) for column in zip(*named, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ads_disbelief AS known (home_cell, day, ad_id, what, reason, reports)"
            " SELECT %s, %s, ad.id, what, reason, sum(reports)"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[])"
            " AS new (of, what, reason, reports) LEFT JOIN ads_ad ad ON ad.id = new.of"
            " GROUP BY 3, 4, 5 ORDER BY 3, 4, 5"  # an ad may be of before a backup was restored
            " ON CONFLICT (day, ad_id, what, reason)"
            " DO UPDATE SET reports = known.reports + excluded.reports",
            [home(), local_day(at), ads, whats, reasons, numbers],
        )
    return {}


batch: Batch[Refused] = Batch(_write)
