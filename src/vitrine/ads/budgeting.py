"""What a campaign, and all of an advertiser's, may spend: made as it is needed, changed by people.

Whoever holds a part of it locks budgets in key order, and the wallet last.
Source: docs/adr/0114-budgets-and-leases.md.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from vitrine.accounts.models import Person
from vitrine.ads import terms
from vitrine.ads.models import Advertiser, Budget, Campaign, DailyLimit, Objective
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import home, local_day


class BudgetSpent(Refusal):
    """What is spent already, or promised to ads on people's screens, is more than that.

    least_minor: the least that the budget can be now; is_of_day: of today, or of its whole life.
    """

    code = "ad_budget_spent"
    message = "More than that is spent already, or held for ads that were shown a moment ago."


class BidAboveBudget(Refusal):
    """One view or click is bid more for than may be spent on a day, or in all.

    bid_minor: rounded up; most_minor: the budget; is_of_day: which of the two.
    """

    code = "ad_bid_above_budget"
    message = "A bid cannot be more than may be spent on a day, or in all."


class Held(NamedTuple):
    """The budgets that a campaign spends from on a day, and the wallet that pays."""

    life: int
    daily: int
    common: int
    wallet: int


_FIND = """
WITH of AS MATERIALIZED (
    SELECT c.id, c.advertiser_id, a.wallet_id, c.budget_minor, c.daily_minor, %s::date AS day,
        a.daily_minor AS common_minor, %s::date AS common_day
    FROM ads_campaign c JOIN ads_advertiser a ON a.id = c.advertiser_id
    WHERE c.id = %s AND c.paused_at IS NULL AND c.ended_at IS NULL AND c.starts_at <= %s
        AND (c.ends_at IS NULL OR c.ends_at > %s) AND a.suspended_at IS NULL
    FOR SHARE OF c, a
), made AS (
    INSERT INTO ads_budget (home_cell, campaign_id, advertiser_id, day, limit_micros,
        held_micros, spent_micros)
    SELECT %s, new.campaign, new.advertiser, new.day, new.minor * {micros}, 0, 0
    FROM of CROSS JOIN LATERAL (
        VALUES (of.id, NULL::bigint, NULL::date, budget_minor),
            (of.id, NULL, of.day, daily_minor),
            (NULL, of.advertiser_id, common_day, common_minor)
    ) AS new (campaign, advertiser, day, minor)
    ON CONFLICT DO NOTHING
)
SELECT id, advertiser_id, wallet_id FROM of
"""


def found(campaign: Campaign, *, at: datetime) -> Held | None:
    """Return the budgets of a campaign that runs, made where there are none; None if it does not.

    Locks: the campaign and its advertiser against edits, until the transaction ends. Queries: 2.
    """
    day = day_of(campaign, at=at)
    common_day = local_day(at)
    sql = _FIND.format(micros=MICROS_PER_MINOR)
    running = prepared.rows(sql, [day, common_day, campaign.pk, at, at, home()])
    if not running:
        return None
    _, advertiser, wallet = running[0]
    own = Q(campaign=campaign.pk) & (Q(day=None) | Q(day=day))
    budgets = Budget.objects.filter(own | Q(advertiser=advertiser, day=common_day))
    named = {
        (row.campaign_id is None, row.day is None): row.pk
        for row in budgets.only("campaign", "day")
    }
    return Held(named[False, True], named[False, False], named[True, False], wallet)


def day_of(campaign: Campaign, *, at: datetime) -> date:
    """Return the day of an instant by the campaign's clocks."""
    return at.astimezone(campaign.time_zone).date()


@transaction.atomic
def limit(
    campaign: Campaign, *, budget_minor: int | None, daily_minor: int | None, at: datetime
) -> None:
    """Change what a campaign may spend, also what is left of today. Raises: BudgetSpent.

    Locks: the campaign, then its budgets in key order. Queries: 3.
    """
    Campaign.objects.filter(pk=campaign.pk).update(
        budget_minor=budget_minor, daily_minor=daily_minor
    )
    own = Budget.objects.filter(campaign=campaign)
    life, daily = own.filter(day=None), own.filter(day=day_of(campaign, at=at))
    for budgets, minor in ((life, budget_minor), (daily, daily_minor)):
        for budget in budgets.select_for_update():
            _set(budget, minor)


def refuse_dear(campaign: Campaign) -> None:
    """Refuse bids of a campaign's groups for more than it may spend: nothing of it would be shown.

    What an order is worth is no price: a click is bid for by a part of it.
    Raises: BidAboveBudget. Locks: the campaign, against other budgets and bids until the
    transaction ends. Queries: 2.
    """
    held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    bids = held.groups.aggregate(most=Max("bid_micros"))
    bid_minor = -(-(bids["most"] or 0) // MICROS_PER_MINOR)
    budgets = [(held.daily_minor, True), (held.budget_minor, False)]
    most_minor, is_of_day = min((minor, of_day) for minor, of_day in budgets if minor is not None)
    if held.objective != Objective.ORDERS and bid_minor > most_minor:
        raise BidAboveBudget(bid_minor=bid_minor, most_minor=most_minor, is_of_day=is_of_day)


@transaction.atomic
def limit_all(advertiser: Advertiser, *, daily_minor: int | None, by: Person, at: datetime) -> None:
    """Change what all campaigns together may spend on a day, also what is left of today.

    Raises: BudgetSpent. Locks: the advertiser, so that no lease is taken meanwhile, then the budget
    of its day. Queries: 4.
    """
    Advertiser.objects.select_for_update(no_key=True).get(pk=advertiser.pk)
    DailyLimit.objects.create(advertiser=advertiser, daily_minor=daily_minor, by=by, at=at)
    for budget in _of_day(advertiser, at=at).select_for_update():
        _set(budget, daily_minor)


def used_minor(advertiser: Advertiser, *, at: datetime) -> int:
    """Return what of an advertiser's day is spent or held, rounded up. Queries: 1."""
    return sum(map(_used_minor, _of_day(advertiser, at=at)))


def spent_today(campaigns: Collection[Campaign], *, at: datetime) -> set[int]:
    """Return those of whose day, or of their advertiser's, nothing is left. Queries: 1."""
    own = {one.pk: (one.pk, None, day_of(one, at=at)) for one in campaigns}
    common = {one.pk: (None, one.advertiser_id, local_day(at)) for one in campaigns}
    days = {key[2] for key in [*own.values(), *common.values()]}
    used = F("held_micros") + F("spent_micros") + terms.RESERVE_MICROS
    payers = {one.advertiser_id for one in campaigns}
    of = Q(campaign__in=own) | Q(advertiser__in=payers)
    rows = Budget.objects.filter(of, day__in=days, limit_micros__lt=used)
    over = set(rows.values_list("campaign", "advertiser", "day"))
    return {pk for pk in own if over & {own[pk], common[pk]}}


def _of_day(advertiser: Advertiser, *, at: datetime) -> "QuerySet[Budget]":
    return Budget.objects.filter(advertiser=advertiser, day=local_day(at))


def _used_minor(budget: Budget) -> int:
    return -(-(budget.held_micros + budget.spent_micros) // MICROS_PER_MINOR)


def _set(budget: Budget, minor: int | None) -> None:
    if minor is not None and minor < _used_minor(budget):
        raise BudgetSpent(least_minor=_used_minor(budget), is_of_day=budget.day is not None)
    micros = None if minor is None else minor * MICROS_PER_MINOR
    Budget.objects.filter(pk=budget.pk).update(limit_micros=micros)


def change(budgets: dict[int, tuple[int, int]]) -> None:
    """Add to what is held of budgets and to what is spent, in key order: (held, spent) by key.

    Queries: 1 for each.
    """
    for pk, (held, spent) in sorted(budgets.items()):
        Budget.objects.filter(pk=pk).update(
            held_micros=F("held_micros") + held, spent_micros=F("spent_micros") + spent
        )
