"""Who was held out of campaigns, and what they and the others bought."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.ads.models.campaign import Campaign
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Compare who was shown an ad with who would have been",
    retention="until a month after its campaign is over",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer is_held first_at last_at",
    SYSTEM="id home_cell campaign",
)
class Meeting(models.Model):
    """A viewer met a campaign of which some are held out, for the first and only time that counts.

    is_held: they would have been shown an ad of it, and were not: a ghost. first_at: when that was.
    Kept as long as the campaign runs: whoever is shown it again would be new in one arm alone.
    """

    home_cell = HomeCellField()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    viewer = models.CharField(max_length=40, db_collation="C")
    is_held = models.BooleanField(db_default=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)  # the release before writes it; it goes with the next

    class Meta:
        db_table = "ads_ghost"  # as the release before calls it
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer", "campaign"], name="ad_ghost_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["first_at"], name="ad_meeting_by_age")]


@datamap.declare(
    purpose="Tell a shop what it sold because of an ad",
    retention="with the campaign",
    BUSINESS="day is_held viewers buyers sales_minor squares spent_micros",
    SYSTEM="id home_cell campaign",
)
class ArmDay(models.Model):
    """What viewers bought of a shop in the week after they first met a campaign on a day.

    is_held: those who were held out of it. squares: of what each bought, summed. spent_micros:
    what showing it to them in that week cost, less what was taken back.
    """

    home_cell = HomeCellField()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="arms")
    day = models.DateField()
    is_held = models.BooleanField()
    viewers = models.BigIntegerField()
    buyers = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    squares = models.FloatField()
    spent_micros = models.BigIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "day", "is_held"], name="ad_arm_day_once"),
            models.CheckConstraint(
                condition=Q(
                    viewers__gt=0,
                    buyers__gte=0,
                    buyers__lte=F("viewers"),
                    sales_minor__gte=0,
                    squares__gte=0,
                ),
                name="ad_arm_day_sane",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="ad_arm_day_by_day")]
