"""What was posted in the ledger of what an advertiser's ads cost."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.ads.models.advertiser import Advertiser
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Posted(models.Model):
    """What came to a running total since the one before, posted in whole minor units.

    number: from 1, without a gap. total_micros: the running total until now. posted_minor: so that
    all of them so far are the whole minor units of it; what is left over is in the next one. Below
    0 where the total fell. PREFIX: of the keys of its transfers.
    """

    PREFIX: ClassVar[str]

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    number = models.PositiveIntegerField()
    total_micros = models.BigIntegerField()
    posted_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def key(self) -> str:
        """Return the idempotency key of its transfer."""
        return f"{self.PREFIX}:{self.public_id}"


@datamap.declare(
    purpose="Post what ads cost, to the micro and in whole minor units",
    retention="as the law demands of accounts",
    MONEY="public_id number total_micros posted_minor at",
    SYSTEM="id home_cell advertiser",
)
class AdBill(Posted):
    """What an advertiser's ads cost since the bill before. Of all charged, less what was taken
    back.
    """

    PREFIX = "adbill"

    advertiser = models.ForeignKey(Advertiser, models.PROTECT, related_name="bills")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["advertiser", "number"], name="ad_bill_once"),
            models.CheckConstraint(
                condition=Q(number__gt=0, total_micros__gte=0) & ~Q(posted_minor=0),
                name="ad_bill_of_something",
            ),
        ]
