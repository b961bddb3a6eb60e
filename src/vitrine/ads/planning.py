"""How much a campaign means to spend on each place that is still to come."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum

from vitrine.ads import terms
from vitrine.ads.models import AdGroup, AdHour, Budget, Campaign, Placement, SearchHour
from vitrine.kernel import prepared
from vitrine.kernel.batches import Batch
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import home

DAY = timedelta(days=1)
LASTS = 30 * DAY
"""A budget for a whole life without an end is meant for so long."""
FEWEST_A_DAY = 1_000.0
"""Places of a day until any were counted; fewer would let the first viewers spend a day's money."""
FEWEST_SEARCHES_A_DAY = 100.0
"""The same of places beside searches that something of a campaign fits."""
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
    """Return what each campaign means to spend on a place, in micros. Queries: 5.

    What it has left of its day, by the places that there were yesterday from this hour on; and what
    it has left of its life, by those until it ends. Places of the feed are anybody's; of searches
    those that something of the campaign fitted.
    """
    found: dict[int, float] = {}
    to_come = _to_come(campaigns, at=at)
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
        a_day, by_hour = to_come[one.pk]
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


def places_a_day(campaigns: Collection[int], *, at: datetime) -> dict[int, float]:
    """Return how many places of a day each campaign may have. Queries: 3."""
    return {one: hours[0] for one, hours in _to_come(campaigns, at=at).items()}


Hours = tuple[float, list[float]]
"""How many places a day has, and how many each of the next hours."""


def _to_come(campaigns: Collection[int], *, at: datetime) -> dict[int, Hours]:
    """Return the places that each campaign may have, as there were yesterday."""
    hour_at = _hour(at)
    lately = {"hour_at__gte": hour_at - DAY, "hour_at__lt": hour_at}
    in_feed = set(
        AdGroup.objects.filter(
            campaign__in=campaigns, placements__contains=[Placement.FEED.value]
        ).values_list("campaign", flat=True)
    )
    of_feed = dict(
        AdHour.objects.filter(**lately).values_list("hour_at").annotate(Sum("places")).order_by()
    )
    of_search: dict[int, dict[datetime, int]] = {}
    rows = SearchHour.objects.filter(campaign__in=campaigns, **lately)
    for campaign, hour, places in rows.values_list("campaign", "hour_at", "places"):
        of_search.setdefault(campaign, {})[hour] = places
    feed = _hours(of_feed, FEWEST_A_DAY, hour_at)
    found = {}
    for one in campaigns:
        searches = of_search.get(one, {})
        hours = _hours(searches, 0.0 if one in in_feed else FEWEST_SEARCHES_A_DAY, hour_at)
        found[one] = _sum(feed, hours) if one in in_feed else hours
    return found


def _hours(counted: dict[datetime, int], fewest: float, hour_at: datetime) -> Hours:
    total = sum(counted.values())
    a_day = max(float(total), fewest)
    usual = (a_day - total) / 24
    hours = [hour_at - DAY + timedelta(hours=n) for n in range(24)]
    return a_day, [counted.get(hour, 0) + usual for hour in hours]


def _sum(one: Hours, other: Hours) -> Hours:
    return one[0] + other[0], [a + b for a, b in zip(one[1], other[1], strict=True)]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def offered(places: int, *, at: datetime) -> None:
    """Count places of the feed that were offered to campaigns."""
    batch.add(_hour(at), places)


def searched(campaigns: Iterable[int], places: int, *, at: datetime) -> None:
    """Count places beside a search that were offered to campaigns of which something fits it."""
    for campaign in campaigns:
        searches.add((campaign, _hour(at)), places)


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago. Queries: 2."""
    AdHour.objects.filter(hour_at__lt=at - KEPT).delete()
    SearchHour.objects.filter(hour_at__lt=at - KEPT).delete()


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


def _write_searches(
    places: dict[tuple[int, datetime], int], at: datetime
) -> dict[tuple[int, datetime], int]:
    keys, numbers = zip(*sorted(places.items()), strict=True)
    campaigns, hours = zip(*keys, strict=True)
    prepared.run(
        "INSERT INTO ads_searchhour AS known (home_cell, campaign_id, hour_at, places)"
        " SELECT %s, new.* FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[])"
        " AS new (campaign_id, hour_at, places)"
        " JOIN ads_campaign c ON c.id = new.campaign_id ORDER BY 2, 3"
        " ON CONFLICT (campaign_id, hour_at) DO UPDATE"
        " SET places = known.places + excluded.places",
        [home(), list(campaigns), list(hours), list(numbers)],
    )
    return {}


batch: Batch[datetime] = Batch(_write)
searches: Batch[tuple[int, datetime]] = Batch(_write_searches)
