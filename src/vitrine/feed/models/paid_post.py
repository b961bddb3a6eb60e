"""Clips that somebody paid their creators for, as the public repository tells of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


class PaidFor(models.TextChoices):
    """How a clip is known to be paid for."""

    DECLARED = "declared", gettext_lazy("Paid partnership, as its creator says")
    LENT = "lent", gettext_lazy("Lent to an advertiser")
    COMMISSION = "commission", gettext_lazy("Earns commission on what it shows")


@datamap.declare(
    purpose="Tell everybody who pays creators for what they post",
    retention="a year after the clip was shown last, or until it is deleted",
    subject="clip__creator",
    LOCAL_PUBLIC="public_id paid_for payer first_on last_on",
    SYSTEM="id home_cell clip",
)
class PaidPost(models.Model):
    """A clip that was shown to everybody while somebody paid for it: from which day to which.

    payer: as it was called then.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    paid_for = models.CharField(max_length=10, choices=PaidFor.choices)
    payer = models.CharField(max_length=80)
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "paid_for", "payer"], name="paid_post_once"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & ~Q(payer=""), name="paid_post_sane"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["last_on"], name="paid_post_by_age")]

    def __str__(self) -> str:
        return str(self.public_id)


@datamap.declare(
    purpose="Tell everybody how many people a clip reached that was paid for",
    retention="a year, or until the clip is deleted",
    subject="clip__creator",
    BUSINESS="day band region viewers",
    SYSTEM="id home_cell clip",
)
class PostReach(models.Model):
    """Viewers who saw a clip on a day for the first time since it is paid for, in thirty days.

    band, region: as of ``AdReach``. What of it is told: ``ads/reach.py``.
    """

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    day = models.DateField()
    band = models.CharField(max_length=5, blank=True)
    region = models.CharField(max_length=3, blank=True)
    viewers = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clip", "day", "band", "region"], name="post_reach_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="post_reach_by_age")]
