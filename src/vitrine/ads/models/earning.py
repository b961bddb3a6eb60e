"""What creators were given of what ads with their clips cost."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.ads.models.ad import Authorisation
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Give creators their share of what ads with their clips cost",
    retention="as the law demands of accounts",
    subject="authorisation__clip__creator",
    MONEY="public_id number total_micros posted_minor at",
    SYSTEM="id home_cell authorisation",
)
class AdEarning(models.Model):
    """A creator's share of what ads cost since the earning before, posted in whole minor units.

    number: from 1, without a gap. total_micros: all that ads under the authorisation were billed
    until now and that counts, less what was taken back: the share is of that. posted_minor: so that
    the earnings so far are the whole minor units of the share. Below 0 where more was taken back.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="earnings")
    number = models.PositiveIntegerField()
    total_micros = models.BigIntegerField()
    posted_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authorisation", "number"], name="ad_earning_once"),
            models.CheckConstraint(
                condition=Q(number__gt=0, total_micros__gte=0) & ~Q(posted_minor=0),
                name="ad_earning_of_something",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def key(self) -> str:
        """Return the idempotency key of its transfer."""
        return f"adshare:{self.public_id}"
