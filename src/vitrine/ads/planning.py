"""How much a campaign means to spend on each place that is still to come."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum

from vitrine.ads import terms
from vitrine.ads.models import AdHour, Budget, Campaign
from vitrine.kernel import prepared
from vitrine.kernel.batches import Batch
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import home

DAY = timedelta(days=1)
LASTS = 30 * DAY
"""A budget for a whole life without an end is meant for so long."""
FEWEST_A_DAY = 1_000.0
"""Places of a day until any were counted; fewer would let the first viewers spend a day's money."""
KEPT = 8 * DAY


def spent(campaigns: Collection[int]) -> set[int]:
    """Return those campaigns of whose whole budget or wallet nothing is left. Queries: 2."""
    used = F("held_micros") + F("spent_micros")
    over = Budget.objects.filter(
        campaign__in=campaigns, day=None, limit_micros__lt=used + terms.RESERVE_MICROS
    )
    wallet = "advertiser__wallet__"
    free = (
        F(f"{wallet}put_minor") * MICROS_PER_MINOR
        - F(f"{wallet}held_micros")
        - terms.RESERVE_MICROS
    )
    of = Campaign.objects.filter(pk__in=campaigns)
    empty = of.filter(**{f"{wallet}spent_micros__gt": free})
    stopped = of.filter(**{f"{wallet}stopped_at__isnull": False})
    return {
        *over.values_list("campaign", flat=True),
        *empty.union(stopped).values_list("pk", flat=True),
    }


def rates(campaigns: Collection[int], *, at: datetime) -> dict[int, float]:
    """Return what each campaign means to spend on a place, in micros. Queries: 3.

    What it has left of its day, by the places that there were yesterday from this hour on; and what
    it has left of its life, by those until it ends.
    """
    found: dict[int, float] = {}
    a_day, by_hour = _places(at=at)
    budgets: dict[tuple[int, object], int] = {
        (owner, day): limit - used
        for owner, day, limit, used in Budget.objects.filter(
            Q(day=None) | Q(day__gte=at.date() - DAY),
            campaign__in=campaigns,
            limit_micros__isnull=False,
        ).values_list("campaign", "day", "limit_micros", F("held_micros") + F("spent_micros"))
        if owner is not None
    }
    for one in Campaign.objects.filter(pk__in=campaigns):
        local = at.astimezone(one.time_zone)
        bounds = []
        if one.daily_minor is not None:
            left = budgets.get((one.pk, local.date()), one.daily_minor * MICROS_PER_MINOR)
            hours = 24 - local.hour - local.minute / 60
            bounds.append(left / max(sum(by_hour[: int(hours)]), hours / 24 * a_day / 4, 1.0))
        if one.budget_minor is not None:
            left = budgets.get((one.pk, None), one.budget_minor * MICROS_PER_MINOR)
            ends_at = one.ends_at or max(one.starts_at + LASTS, at + DAY)
            bounds.append(left / max((ends_at - at) / DAY * a_day, 1.0))
        found[one.pk] = max(min(bounds), 0.0)
    return found


def places_a_day(*, at: datetime) -> float:
    """Return how many places a day has. Queries: 1."""
    return _places(at=at)[0]


def _places(*, at: datetime) -> tuple[float, list[float]]:
    """Return how many places a day has, and how many each of the next hours, as yesterday's had."""
    hour_at = at.replace(minute=0, second=0, microsecond=0)
    counted = dict(
        AdHour.objects.filter(hour_at__gte=hour_at - DAY, hour_at__lt=hour_at)
        .values_list("hour_at")
        .annotate(Sum("places"))
    )
    total = sum(counted.values())
    a_day = max(float(total), FEWEST_A_DAY)
    usual = (a_day - total) / 24
    hours = [hour_at - DAY + timedelta(hours=n) for n in range(24)]
    return a_day, [counted.get(hour, 0) + usual for hour in hours]


def offered(places: int, *, at: datetime) -> None:
    """Count places that were offered to campaigns."""
    batch.add(at.replace(minute=0, second=0, microsecond=0), places)


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago. Queries: 1."""
    AdHour.objects.filter(hour_at__lt=at - KEPT).delete()


def _write(places: dict[datetime, int], at: datetime) -> dict[datetime, int]:
    hours, numbers = zip(*sorted(places.items()), strict=True)
    prepared.run(
        "INSERT INTO ads_adhour AS known (home_cell, hour_at, places)"
        " SELECT %s, hour_at, places FROM unnest(%s::timestamptz[], %s::bigint[])"
        " AS new (hour_at, places)"
        " ON CONFLICT (hour_at) DO UPDATE SET places = known.places + excluded.places",
        [home(), list(hours), list(numbers)],
    )
    return {}


batch: Batch[datetime] = Batch(_write)
