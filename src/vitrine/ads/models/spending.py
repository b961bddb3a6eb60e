"""How much ads may cost, and what of it processes hold to serve them from."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.ads.models.advertiser import Advertiser
from vitrine.ads.models.campaign import Campaign
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Never bill more than was agreed",
    retention="as the law demands of accounts",
    MONEY="day limit_micros held_micros spent_micros",
    SYSTEM="id home_cell advertiser campaign",
)
class Budget(models.Model):
    """What may be spent: by a campaign in its life or on a day of its zone, or by an advertiser on
    a day of the cell.

    limit_micros: None: what is spent is counted, and nothing limits it here. held: by leases that
    are not closed. spent: by those that are.
    """

    home_cell = HomeCellField()
    advertiser = models.ForeignKey(Advertiser, models.PROTECT, null=True, related_name="budgets")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="budgets")
    day = models.DateField(null=True)
    limit_micros = models.BigIntegerField(null=True)
    held_micros = models.BigIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(advertiser=None, campaign__isnull=False)
                | Q(advertiser__isnull=False, campaign=None, day__isnull=False),
                name="ad_budget_of_one",
            ),
            models.UniqueConstraint(
                fields=["campaign", "day"],
                name="ad_budget_of_campaign",
                condition=Q(campaign__isnull=False),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["advertiser", "day"],
                name="ad_budget_of_advertiser",
                condition=Q(advertiser__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(held_micros__gte=0, spent_micros__gte=0)
                & (
                    Q(limit_micros=None) | Q(limit_micros__gte=F("held_micros") + F("spent_micros"))
                ),
                name="ad_budget_never_overspent",
            ),
        ]


@datamap.declare(
    purpose="Serve ads without asking what is left at each page",
    retention="as the law demands of accounts",
    MONEY="amount_micros spent_micros taken_at until_at ended_at closed_at",
    SYSTEM="id home_cell campaign life daily common",
)
class Lease(models.Model):
    """A part of a campaign's budgets that one process serves ads from. What it is billed is spent.

    life, daily, common: the campaign's budget, that of its day, and its advertiser's of the day.
    until_at: no ad is served from it after that. ended_at: its process gave back what it had not
    promised. closed_at: no token of it is billed after that.
    """

    home_cell = HomeCellField()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="leases")
    life = models.ForeignKey(Budget, models.PROTECT, related_name="+")
    daily = models.ForeignKey(Budget, models.PROTECT, related_name="+")
    common = models.ForeignKey(Budget, models.PROTECT, related_name="+")
    amount_micros = models.BigIntegerField()
    spent_micros = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(spent_micros__gte=0, spent_micros__lte=F("amount_micros")),
                name="ad_lease_never_overspent",
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("taken_at")), name="ad_lease_has_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until_at"], name="ad_lease_open", condition=Q(closed_at=None)),
        ]
