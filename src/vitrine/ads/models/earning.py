"""What creators were given of what ads with their clips cost."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.ads.models.ad import Authorisation
from vitrine.ads.models.bill import Posted
from vitrine.sovereignty import datamap


@datamap.declare(
    purpose="Give creators their share of what ads with their clips cost",
    retention="as the law demands of accounts",
    subject="authorisation__clip__creator",
    MONEY="public_id number total_micros posted_minor at",
    SYSTEM="id home_cell authorisation",
)
class AdEarning(Posted):
    """A creator's share of what ads cost since the earning before.

    total_micros: all that ads under the authorisation were billed and that counts, less what was
    taken back: what is posted are the whole minor units of the share of that.
    """

    PREFIX = "adshare"

    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="earnings")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authorisation", "number"], name="ad_earning_once"),
            models.CheckConstraint(
                condition=Q(number__gt=0, total_micros__gte=0) & ~Q(posted_minor=0),
                name="ad_earning_of_something",
            ),
        ]
