"""How much a campaign means to spend on each auction that is still to come."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from vitrine.ads import budgeting, entering, lasting, terms
from vitrine.ads.lasting import Hours, Purse, Spender
from vitrine.ads.models import (
    Ad,
    AdGroup,
    AdHour,
    Advertiser,
    Budget,
    Campaign,
    Objective,
    Placement,
    SearchHour,
)
from vitrine.kernel import prepared
from vitrine.kernel.batches import Batch
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders import wallets
from vitrine.sovereignty.cell import home, local_day, this_cell

DAY = timedelta(days=1)
LASTS = 30 * DAY
"""A budget for a whole life without an end is meant for so long."""
FEWEST_A_DAY = 1_000.0
"""Auctions of a day until any were counted: fewer would let the first viewers spend all money."""
FEWEST_SEARCHES_A_DAY = 100.0
"""The same of searches that something of a campaign fits."""
KEPT = 8 * DAY

Offered = tuple[datetime, int]
"""An hour, and how many places an auction in it had at most."""


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
    """Return what each campaign means to spend on an auction that it may enter, in micros.

    What it has left of its day, of its life, and of what its account has: see ``lasting.rates``.
    Queries: 8.
    """
    payers = Advertiser.objects.filter(campaigns__in=campaigns).distinct().select_related("wallet")
    ones = {one.pk: one for one in _spending(campaigns, payers, at=at)}
    left_to_us = AdGroup.objects.filter(
        Q(bid_micros=None) | Q(campaign__objective=Objective.RETURN)
    )
    paced = set(left_to_us.filter(campaign__in=ones).values_list("campaign", flat=True))
    hours, used = _to_come(ones, at=at), _used(ones, at=at)
    spenders = {
        pk: Spender(
            one.advertiser_id,
            _purses(one, used, at=at),
            hours[pk],
            None if pk in paced else _wont(one, used, hours[pk], at=at),
        )
        for pk, one in ones.items()
    }
    return lasting.rates(spenders, _accounts(payers, at=at), at=at)


def auctions_a_day(campaigns: Collection[int], *, at: datetime) -> dict[int, float]:
    """Return how many auctions of a day each campaign may enter. Queries: 3."""
    return {one: hours.a_day for one, hours in _to_come(campaigns, at=at).items()}


def _spending(
    campaigns: Collection[int], payers: "QuerySet[Advertiser]", *, at: datetime
) -> "QuerySet[Campaign]":
    """Return some campaigns, and the others that run and spend what their accounts have."""
    ads = Ad.objects.to_report().filter(
        group__campaign=OuterRef("pk"), group__paused_at=None, paused_at=None
    )
    others = Campaign.objects.running(at=at).filter(Exists(ads), advertiser__in=payers)
    return Campaign.objects.filter(Q(pk__in=campaigns) | Q(pk__in=others.values("pk")))


Used = dict[tuple[int, date | None], Budget]
"""What was spent and held of campaigns, in their lives and on their last two days."""


def _used(campaigns: Collection[int], *, at: datetime) -> Used:
    rows = Budget.objects.filter(
        Q(day=None) | Q(day__gte=at.date() - 2 * DAY), campaign__in=campaigns
    )
    return {(row.campaign_id, row.day): row for row in rows if row.campaign_id is not None}


def _purses(one: Campaign, used: Used, *, at: datetime) -> list[Purse]:
    """Return what a campaign has left of its day, and of its life."""
    found = []
    day = budgeting.day_of(one, at=at)
    if one.daily_minor is not None:
        left = _left_micros(used.get((one.pk, day)), one.daily_minor)
        found.append(Purse(left, _midnight(day + DAY, one.time_zone)))
    if one.budget_minor is not None:
        ends_at = one.ends_at or max(one.starts_at + LASTS, at + DAY)
        found.append(Purse(_left_micros(used.get((one.pk, None)), one.budget_minor), ends_at))
    return found


def _wont(one: Campaign, used: Used, hours: Hours, *, at: datetime) -> float:
    """Return what a campaign that bids by hand spent on an auction, yesterday and today."""
    today = budgeting.day_of(one, at=at)
    days = [used.get((one.pk, day)) for day in (today - DAY, today)]
    spent = sum(day.spent_micros for day in days if day is not None)
    since_at = max(one.starts_at, _midnight(today - DAY, one.time_zone))
    return spent / hours.between(since_at, at)


def _accounts(payers: "QuerySet[Advertiser]", *, at: datetime) -> dict[int, Purse]:
    """Return what accounts have left of a day of the cell: of their limit, and in their wallets."""
    day, zone = local_day(at), ZoneInfo(this_cell().time_zone)
    rows = {row.advertiser_id: row for row in Budget.objects.filter(advertiser__in=payers, day=day)}
    found = {}
    for one in payers:
        left = [float(wallets.free_micros(one.wallet))]
        if one.daily_minor is not None:
            left.append(_left_micros(rows.get(one.pk), one.daily_minor))
        found[one.pk] = Purse(min(left), _midnight(day + DAY, zone))
    return found


def _left_micros(used: Budget | None, limit_minor: int) -> float:
    gone = used.held_micros + used.spent_micros if used else 0
    return float(limit_minor * MICROS_PER_MINOR - gone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins by some clocks."""
    return datetime.combine(day, time(), zone)


def _to_come(campaigns: Collection[int], *, at: datetime) -> dict[int, Hours]:
    """Return the auctions that each campaign may enter, as there were yesterday. Queries: 3.

    Of the feed's the part that it is let into; of searches those that something of it fitted.
    """
    hour_at = _hour(at)
    lately = {"hour_at__gte": hour_at - DAY, "hour_at__lt": hour_at}
    in_feed = set(
        AdGroup.objects.filter(
            campaign__in=campaigns, placements__contains=[Placement.FEED.value]
        ).values_list("campaign", flat=True)
    )
    of_feed = dict(AdHour.objects.filter(**lately).values_list("hour_at", "auctions"))
    of_search: dict[int, dict[datetime, int]] = {}
    rows = SearchHour.objects.filter(campaign__in=campaigns, **lately)
    for campaign, hour, places in rows.values_list("campaign", "hour_at", "places"):
        of_search.setdefault(campaign, {})[hour] = places
    feed = _each(of_feed, FEWEST_A_DAY, hour_at)
    found = {}
    for one in campaigns:
        fewest = 0.0 if one in in_feed else FEWEST_SEARCHES_A_DAY
        each = _each(of_search.get(one, {}), fewest, hour_at)
        if one in in_feed:
            part = entering.part(one)
            each = [part * a + b for a, b in zip(feed, each, strict=True)]
        found[one] = Hours(hour_at, each)
    return found


def _each(counted: dict[datetime, int], fewest: float, hour_at: datetime) -> list[float]:
    """Return the auctions of each hour of a day, the fewest of a day if there were fewer."""
    more = max(fewest - sum(counted.values()), 0.0) / lasting.HOURS_A_DAY
    hours = [hour_at - DAY + n * lasting.HOUR for n in range(lasting.HOURS_A_DAY)]
    return [counted.get(hour, 0) + more for hour in hours]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def offered(places: int, *, at: datetime) -> None:
    """Count an auction of the feed that was held, and the places that it had at most."""
    batch.add((_hour(at), places), 1)


def searched(campaigns: Iterable[int], *, at: datetime) -> None:
    """Count a search for campaigns of which something fits it: each may have one place of it."""
    for campaign in campaigns:
        searches.add((campaign, _hour(at)), 1)


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago. Queries: 2."""
    AdHour.objects.filter(hour_at__lt=at - KEPT).delete()
    SearchHour.objects.filter(hour_at__lt=at - KEPT).delete()


def _write(auctions: dict[Offered, int], at: datetime) -> dict[Offered, int]:
    keys, numbers = zip(*sorted(auctions.items()), strict=True)
    hours, places = zip(*keys, strict=True)
    prepared.run(
        "INSERT INTO ads_adhour AS known (home_cell, hour_at, places, auctions)"
        " SELECT %s, hour_at, sum(places * n), sum(n)"
        " FROM unnest(%s::timestamptz[], %s::bigint[], %s::bigint[]) AS new (hour_at, places, n)"
        " GROUP BY hour_at ORDER BY hour_at"
        " ON CONFLICT (hour_at) DO UPDATE SET places = known.places + excluded.places,"
        " auctions = known.auctions + excluded.auctions",
        [home(), list(hours), list(places), list(numbers)],
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


batch: Batch[Offered] = Batch(_write)
searches: Batch[tuple[int, datetime]] = Batch(_write_searches)
