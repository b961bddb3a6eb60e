"""How many people an ad reached, by age, region and placement: what the public repository tells."""

from typing import ClassVar

from django.db import models

from vitrine.ads.models.ad import Ad
from vitrine.ads.models.campaign import Placement
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Tell everybody how many people an ad reached",
    retention="with the ad",
    BUSINESS="day band region placement viewers",
    SYSTEM="id home_cell ad",
)
class AdReach(models.Model):
    """Viewers who saw an ad on a day for the first time in thirty days. band: one of AGES, or empty
    for visitors and people of whom no age is known. region: where they have things sent, or empty
    where that is not known. placement: where they saw it first. What
    of it is told: ``ads/reach.py``.
    """

    home_cell = HomeCellField()
    ad = models.ForeignKey(Ad, models.PROTECT, related_name="reach")
    day = models.DateField()
    band = models.CharField(max_length=5, blank=True)
    region = models.CharField(max_length=3, blank=True, default="", db_default="")
    placement = models.CharField(
        max_length=6, choices=Placement.choices, default=Placement.FEED, db_default=Placement.FEED
    )
    viewers = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ad", "day", "band", "region", "placement"],
                name="ad_reach_by_placement_once",
            ),
        ]
