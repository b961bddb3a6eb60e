"""Which ads were shown to whom, how often a viewer met them, and what followed by day."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from vitrine.ads.models.ad import Ad
from vitrine.ads.models.campaign import Campaign, Placement
from vitrine.ads.models.spending import Lease
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Show nobody the same ads again and again, nor too many",
    retention="30 days",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer ads groups shown_at",
    SYSTEM="id home_cell",
)
class Met(models.Model):
    """The ads that one viewer was shown in the last days, the latest last: one row, so that whoever
    shows one more counts and writes behind its lock.

    viewer: a person's public id or a visitor's token. ads, groups, shown_at: of the same length.
    """

    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, unique=True, db_collation="C")
    ads = ArrayField(models.BigIntegerField())
    groups = ArrayField(models.BigIntegerField())
    shown_at = ArrayField(models.DateTimeField())


@datamap.declare(
    purpose="Show a viewer an ad no more",
    retention="until taken back; of visitors, as long as their cookie lasts: 30 days",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer ad at",
    SYSTEM="id home_cell",
)
class HiddenAd(models.Model):
    """An ad that a viewer wants no more of. viewer: as in ``Met``."""

    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, db_collation="C")
    ad = models.ForeignKey(Ad, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer", "ad"], name="ad_hidden_once"),
        ]


@datamap.declare(
    purpose="Learn how often ads are seen and followed",
    retention="30 days",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer showing placement price_micros worth_micros chance order_chance at "
    "is_measured",
    SYSTEM="id home_cell ad lease",
)
class Showing(models.Model):
    """An ad that was put on a page. showing: as its token names it. placement: on which.

    chance: how likely it was held to be billed. price_micros: what that costs. worth_micros: its
    bid by its chance: what somebody else has to be worth more than to have the place; 0 of old.
    order_chance: how likely a click on it was held to bring an order; 0 where nobody bids for that.
    is_measured: what its viewer buys may be credited to it; never of whom nothing is picked for.
    """

    home_cell = HomeCellField()
    showing = models.UUIDField(unique=True)
    viewer = models.CharField(max_length=40, db_collation="C")
    ad = models.ForeignKey(Ad, models.PROTECT, db_index=False, related_name="+")
    lease = models.ForeignKey(Lease, models.PROTECT, db_index=False, related_name="+")
    placement = models.CharField(
        max_length=6, choices=Placement.choices, default=Placement.FEED, db_default=Placement.FEED
    )
    price_micros = models.BigIntegerField()
    worth_micros = models.BigIntegerField(default=0, db_default=0)
    chance = models.FloatField()
    order_chance = models.FloatField(default=0, db_default=0)
    at = models.DateTimeField()
    is_measured = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], name="ad_showing_by_age"),
            models.Index(fields=["viewer", "at"], name="ad_showing_of_viewer"),
        ]


@datamap.declare(
    purpose="Foretell how likely an ad is to be seen and followed, and to sell",
    retention="with the ad",
    BUSINESS="day placement shown expected views clicks spent_micros foretold orders sales_minor "
    "click_orders click_sales_minor",
    SYSTEM="id home_cell ad",
)
class AdDay(models.Model):
    """What followed from the showings of an ad in one placement on a day of the cell, of which no
    token is out.

    expected: how many were foretold to be billed. spent_micros: charged for them, and not taken
    back; 0 of days before that was kept. foretold: how many orders were, of those that were
    followed. orders, sales_minor: bought after them until now, by credits that stand; of these
    after a click: click_orders, click_sales_minor.
    """

    home_cell = HomeCellField()
    ad = models.ForeignKey(Ad, models.PROTECT, related_name="days")
    day = models.DateField()
    placement = models.CharField(
        max_length=6, choices=Placement.choices, default=Placement.FEED, db_default=Placement.FEED
    )
    shown = models.BigIntegerField()
    expected = models.FloatField()
    views = models.BigIntegerField()
    clicks = models.BigIntegerField()
    spent_micros = models.BigIntegerField(default=0, db_default=0)
    foretold = models.FloatField(default=0, db_default=0)
    orders = models.BigIntegerField(default=0, db_default=0)
    sales_minor = models.BigIntegerField(default=0, db_default=0)
    click_orders = models.BigIntegerField(default=0, db_default=0)
    click_sales_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ad", "day", "placement"], name="ad_day_by_placement"),
            models.CheckConstraint(
                condition=Q(shown__gte=F("views")) & Q(shown__gte=F("clicks")), name="ad_day_sane"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="ad_day_by_day")]


@datamap.declare(
    purpose="Know how many places for ads are still to come on a day",
    retention="8 days",
    OPS="hour_at places auctions",
    SYSTEM="id home_cell",
)
class AdHour(models.Model):
    """How many auctions for places of the feed were held in an hour, by all processes.

    places: that they had at most. Of one auction a campaign can have one.
    """

    home_cell = HomeCellField()
    hour_at = models.DateTimeField(unique=True)
    places = models.BigIntegerField()
    auctions = models.BigIntegerField(default=0, db_default=0)


@datamap.declare(
    purpose="Know how many searches an automatic campaign is still to be in on a day",
    retention="8 days",
    OPS="hour_at places",
    SYSTEM="id home_cell campaign",
)
class SearchHour(models.Model):
    """How many places beside searches a campaign could have in an hour, by all processes: one of
    each search that something of it fits.

    Counted of campaigns that leave their bids to us: of others nobody asks.
    """

    home_cell = HomeCellField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    hour_at = models.DateTimeField()
    places = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "hour_at"], name="ad_search_hour_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["hour_at"], name="ad_search_hour_by_age")]
