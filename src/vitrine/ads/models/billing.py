"""What ads were billed for, and what followed from them that costs nothing."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.ads.models.ad import Ad
from vitrine.ads.models.campaign import Billed, Campaign, Placement
from vitrine.ads.models.spending import Lease
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Bill advertisers for each view or click once",
    retention="as the law demands of accounts",
    MONEY="showing billed placement price_micros day at",
    SYSTEM="id home_cell ad campaign lease",
)
class Charge(models.Model):
    """A view or click that was billed: a fact, added with what its lease has spent and never
    changed.

    showing: the token's, a UUID; it names no viewer. placement: where it was shown. day: of the
    campaign's zone.
    """

    home_cell = HomeCellField()
    showing = models.UUIDField(unique=True)
    ad = models.ForeignKey(Ad, models.PROTECT, db_index=False, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="charges")
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="charges")
    billed = models.CharField(max_length=5, choices=Billed.choices)
    placement = models.CharField(
        max_length=6, choices=Placement.choices, default=Placement.FEED, db_default=Placement.FEED
    )
    price_micros = models.BigIntegerField()
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_micros__gte=0), name="ad_charge_price"),
            models.CheckConstraint(
                condition=Q(placement__in=Placement.values), name="ad_charge_stood_somewhere"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ad", "day"], name="ad_charge_by_day")]


@datamap.declare(
    purpose="Count what follows from ads that pay for something else",
    retention="30 days",
    BUSINESS="showing what day at",
    SYSTEM="id home_cell ad",
)
class Response(models.Model):
    """A view of an ad that pays for clicks, or a click on one that pays for views: counted once.

    showing: the token's, a UUID; it names no viewer.
    """

    home_cell = HomeCellField()
    showing = models.UUIDField()
    ad = models.ForeignKey(Ad, models.PROTECT, db_index=False, related_name="+")
    what = models.CharField(max_length=5, choices=Billed.choices)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["showing", "what"], name="ad_response_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["ad", "day"], name="ad_response_by_day")]
