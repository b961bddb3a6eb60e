"""How demand partners answer, by day: kept in memory for some seconds, and written together."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from django.db import connection

from vitrine.ads.models import DemandDay
from vitrine.kernel.batches import Batch
from vitrine.sovereignty.cell import home, local_day

KEPT = timedelta(days=30)
LIMITS_MS = tuple(ceil(2 ** (n / 2)) for n in range(2, 25))
"""2 to 4,096 ms: answers are counted by the first limit that they took no longer than."""
_TOOK = "ms "


class Counted(StrEnum):
    """What is counted of a partner besides why it was refused (``Refused``)."""

    REQUESTS = "requests"
    ANSWERS = "answers"
    NO_BIDS = "no bids"
    BIDS = "bids in order"
    SHOWN = "shown"
    UNUSED = "not used in time"
    LEFT_ALONE = "left alone"
    TOLD = "notices told"
    UNTOLD = "notices unheard"


def note(advertiser: int, what: StrEnum, number: int = 1) -> None:
    """Count something of a partner."""
    batch.add((advertiser, what.value), number)


def took(advertiser: int, took_ms: float) -> None:
    """Count how long an answer took, or how long nobody answered."""
    limit = next((one for one in LIMITS_MS if took_ms <= one), LIMITS_MS[-1])
    batch.add((advertiser, f"{_TOOK}{limit}"), 1)


Days = dict[date, dict[str, int]]


def days(advertisers: Iterable[int], *, since: date) -> dict[int, Days]:
    """Return what was counted of partners on each day from one on. Queries: 1."""
    found: dict[int, Days] = {}
    rows = DemandDay.objects.filter(advertiser__in=list(advertisers), day__gte=since)
    for advertiser, day, what, number in rows.values_list("advertiser", "day", "what", "number"):
        found.setdefault(advertiser, {}).setdefault(day, {})[what] = number
    return found


def quantile_ms(counted: Mapping[str, int], share: float) -> int | None:
    """Return the limit that such a share of answers took no longer than; None where none came."""
    by_limit = sorted(
        (int(what.removeprefix(_TOOK)), number)
        for what, number in counted.items()
        if what.startswith(_TOOK)
    )
    left = share * sum(number for _, number in by_limit)
    for limit, number in by_limit:
        left -= number
        if left <= 0:
            return limit
    return None


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago. Queries: 1."""
    DemandDay.objects.filter(day__lt=local_day(at - KEPT)).delete()


def _write(counts: dict[tuple[int, str], int], at: datetime) -> dict[tuple[int, str], int]:
    ordered = sorted(counts.items())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ads_demandday AS known (home_cell, advertiser_id, day, what, number)"
            " SELECT %s, advertiser, %s, what, number"
            " FROM unnest(%s::bigint[], %s::text[], %s::bigint[])"
            " AS new (advertiser, what, number)"
            " ON CONFLICT (advertiser_id, day, what)"
            " DO UPDATE SET number = known.number + excluded.number",
            [
                home(),
                local_day(at),
                [advertiser for (advertiser, _), _ in ordered],
                [what for (_, what), _ in ordered],
                [number for _, number in ordered],
            ],
        )
    return {}


batch: Batch[tuple[int, str]] = Batch(_write)
