"""What an advertiser wants, how much it may cost, and whom it is for."""

from datetime import datetime
from typing import ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from vitrine.ads.models.advertiser import Advertiser
from vitrine.ads.models.dealing import Dealing
from vitrine.ads.models.lookalike import MOST_ALIKE_PERCENT
from vitrine.ads.models.targeting import AGES, MOST_BESIDE, Targeting
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Objective(models.TextChoices):
    """What a campaign is for, and so what it pays for."""

    REACH = "reach", gettext_lazy("Be seen by many")
    VIEWS = "views", gettext_lazy("Be watched")
    CLICKS = "clicks", gettext_lazy("Be followed up")
    ORDERS = "orders", gettext_lazy("Sell: as many orders as it can")
    RETURN = "return", gettext_lazy("Sell: with a return on what is spent")

    @property
    def pays_for(self) -> "Billed":
        """Return what is billed."""
        return Billed.VIEW if self in (Objective.REACH, Objective.VIEWS) else Billed.CLICK

    @property
    def sells(self) -> bool:
        """Tell whether clicks are bid for by what is bought after them."""
        return self in SELLING


SELLING = (Objective.ORDERS, Objective.RETURN)
TARGETS_PERCENT = (1, 10_000)
"""The least and the most that may be asked for each 100 spent."""


class Billed(models.TextChoices):
    """What an advertiser is billed for. A view: half of it on screen for two seconds."""

    VIEW = "view", gettext_lazy("View")
    CLICK = "click", gettext_lazy("Click")


class Placement(models.TextChoices):
    """Where ads stand: among the clips of For you, or among products that were searched for."""

    FEED = "feed", gettext_lazy("In the feed")
    SEARCH = "search", gettext_lazy("In product search")

    @property
    def told(self) -> Literal["for_you", "search"]:
        """Return what programs are told of it."""
        return "for_you" if self is Placement.FEED else "search"


def in_the_feed() -> list[str]:
    """Return where ads stand of which nobody said anything else."""
    return [Placement.FEED.value]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Which campaigns."""

    def kept(self) -> Self:
        """Those that are not over."""
        return self.filter(ended_at=None)

    def running(self, *, at: datetime) -> Self:
        """Those that may be shown at an instant, if their ads and their money let them."""
        on = Q(ends_at=None) | Q(ends_at__gt=at)
        return self.kept().filter(
            on, paused_at=None, starts_at__lte=at, advertiser__suspended_at=None
        )


@datamap.declare(
    purpose="Advertise",
    retention="as the law demands of accounts",
    subject="by",
    BUSINESS="public_id name objective budget_minor daily_minor starts_at ends_at zone made_at "
    "paused_at ended_at spent_at click_days view_days holdout_percent target_percent "
    "target_set_on",
    PERSONAL="by",
    SYSTEM="id home_cell advertiser",
)
class Campaign(models.Model):
    """What is advertised for one end, with one budget. objective is frozen once it is made.

    budget_minor: of its whole life; daily_minor: of each day in its zone. One of them at least.
    ended_at: ended by its people, for good; ends_at: planned, the first moment that is out of it.
    spent_at: when its people were told that its whole budget is used up; None while it is not.
    click_days, view_days: for how long a click or a view gets the credit for what is bought.
    holdout_percent: of viewers, who are shown nothing of it to compare with. Frozen, all three.
    target_percent: of those for a return, what is sold for each 100 spent, at least; target_set_on:
    since which day of the cell. What is to sell counts clicks alone.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    advertiser = models.ForeignKey(Advertiser, models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=80)
    objective = models.CharField(max_length=8, choices=Objective.choices)
    budget_minor = models.BigIntegerField(null=True)
    daily_minor = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    zone = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)
    click_days = models.PositiveSmallIntegerField(default=7, db_default=7)
    view_days = models.PositiveSmallIntegerField(default=1, db_default=1)
    holdout_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    target_percent = models.PositiveSmallIntegerField(null=True)
    target_set_on = models.DateField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=False) | Q(daily_minor__isnull=False),
                name="campaign_has_budget",
            ),
            models.CheckConstraint(
                condition=(Q(budget_minor=None) | Q(budget_minor__gt=0))
                & (Q(daily_minor=None) | Q(daily_minor__gt=0)),
                name="campaign_budget_sane",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="campaign_has_time"
            ),
            models.CheckConstraint(
                condition=Q(click_days__range=(1, 28), view_days__range=(0, 7)),
                name="campaign_windows",
            ),
            models.CheckConstraint(condition=Q(holdout_percent__lte=50), name="campaign_holdout"),
            models.CheckConstraint(
                condition=Q(
                    objective="return",
                    target_percent__range=TARGETS_PERCENT,
                    target_set_on__isnull=False,
                )
                | (~Q(objective="return") & Q(target_percent=None, target_set_on=None)),
                name="campaign_target",
            ),
            models.CheckConstraint(
                condition=~Q(objective__in=["orders", "return"]) | Q(view_days=0),
                name="campaign_sells_by_clicks",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pays_for(self) -> Billed:
        """Return what it is billed for."""
        return Objective(self.objective).pays_for

    @property
    def time_zone(self) -> ZoneInfo:
        """Return by whose clocks its days begin and end."""
        return ZoneInfo(self.zone)


@datamap.declare(
    purpose="Say whom ads are for, and what one is worth",
    retention="with the campaign",
    BUSINESS="public_id name placements bid_micros languages ages interests regions dealings "
    "left_out alike alike_percent beside aimed_at most_shown within_days paused_at",
    SYSTEM="id home_cell campaign widened",
)
class AdGroup(Targeting):
    """Ads for the same people at the same bid.

    placements: where they stand; in product search only those that lead to a product.
    bid_micros: the most for one view or click; of those for orders what one order is worth, of
    those for a return the most for a click. None: as much as makes the budget last.
    most_shown: how often one viewer may get an ad of this group within_days days; once where the
    campaign is to be seen by many (trigger), whichever group of it they met.
    widened: how often it came to be for people whom it was not for; then its ads wait again.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=80)
    placements = ArrayField(
        models.CharField(max_length=6),
        default=in_the_feed,
        db_default=[Placement.FEED.value],
    )
    bid_micros = models.BigIntegerField(null=True)
    most_shown = models.PositiveSmallIntegerField(default=3)
    within_days = models.PositiveSmallIntegerField(default=1)
    paused_at = models.DateTimeField(null=True)
    widened = models.PositiveIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(bid_micros=None) | Q(bid_micros__gt=0, bid_micros__lte=9 * 10**9),
                name="ad_group_bid",
            ),
            models.CheckConstraint(
                condition=Q(placements__contained_by=Placement.values, placements__len__gt=0),
                name="ad_group_stands_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(ages__contained_by=list(AGES)), name="ad_group_ages_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    dealings__contained_by=Dealing.values, left_out__contained_by=Dealing.values
                )
                & ~Q(dealings__overlap=F("left_out")),
                name="ad_group_dealings_known",
            ),
            models.CheckConstraint(
                condition=Q(alike=[], alike_percent=0)
                | Q(
                    alike__len__gt=0,
                    alike__contained_by=Dealing.values,
                    alike_percent__range=(1, MOST_ALIKE_PERCENT),
                ),
                name="ad_group_alike_known",
            ),
            models.CheckConstraint(
                condition=Q(beside__len__lte=MOST_BESIDE), name="ad_group_beside_few"
            ),
            models.CheckConstraint(
                condition=Q(most_shown__range=(1, 20), within_days__range=(1, 30)),
                name="ad_group_cap",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_for_search_alone(self) -> bool:
        """Tell whether its ads stand in product search and nowhere else."""
        return set(self.placements) == {Placement.SEARCH}

    @property
    def is_in_search(self) -> bool:
        """Tell whether its ads stand in product search."""
        return Placement.SEARCH in self.placements

    @property
    def where(self) -> str:
        """Say where its ads stand, in the language of the page."""
        return ", ".join(str(Placement(one).label) for one in self.placements)


@datamap.declare(
    purpose="Tell everybody whom ads were for when they were shown",
    retention="with the campaign",
    BUSINESS="languages ages interests regions dealings left_out alike alike_percent beside "
    "aimed_at until_at",
    SYSTEM="id home_cell group",
)
class PastTargeting(Targeting):
    """Whom a group's ads were for, from aimed_at until until_at: as it was before it was changed.

    A trigger writes it in the statement that changes the group. It is added to, never changed.
    """

    home_cell = HomeCellField()
    group = models.ForeignKey(AdGroup, models.PROTECT, related_name="past")
    until_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_at__gte=F("aimed_at")), name="ad_targeting_has_its_time"
            ),
        ]
