"""Views and clicks of ads that count for nothing: refused at once, or taken back later, and why."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from vitrine.ads.models.ad import Ad
from vitrine.ads.models.billing import Charge
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Ground(models.TextChoices):
    """Why a charge was taken back. In words: ``ads/invalid.py``."""

    OWN = "own"
    FLOOD = "flood"
    DEVICE = "device"
    NETWORK = "network"
    RHYTHM = "rhythm"
    HASTE = "haste"
    TOO_OFTEN = "too often"
    HAND = "hand"


@datamap.declare(
    purpose="Say who took back what an ad was billed for, and why",
    retention="as the law demands of accounts",
    subject="by",
    PERSONAL="by",
    BUSINESS="public_id billed_from billed_until words at",
    SYSTEM="id home_cell ad",
)
class Recall(models.Model):
    """The operator's staff took back all that an ad was billed for in a time: a fact, never
    changed. Its reversals name it.

    words: why, as the advertiser reads it. billed_until: the first moment that is out of it.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    ad = models.ForeignKey(Ad, models.PROTECT, related_name="recalls")
    billed_from = models.DateTimeField()
    billed_until = models.DateTimeField()
    words = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(billed_until__gt=F("billed_from")) & ~Q(words=""),
                name="ad_recall_says_what_and_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


@datamap.declare(
    purpose="Give back what was billed wrongly",
    retention="as the law demands of accounts",
    MONEY="reason score at",
    SYSTEM="id home_cell charge recall",
)
class Reversal(models.Model):
    """A charge that is taken back, whole and once. The charge stays.

    score: how unlikely among honest people, as so many tenths of tenths (6 is one in a million);
    None where a person judged, in a recall.
    """

    home_cell = HomeCellField()
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="reversal")
    reason = models.CharField(max_length=20)
    score = models.FloatField(null=True)
    recall = models.ForeignKey(Recall, models.PROTECT, null=True, related_name="reversals")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reason__in=Ground.values), name="ad_reversal_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(reason="hand", score=None, recall__isnull=False)
                | (~Q(reason="hand") & Q(score__isnull=False, recall=None)),
                name="ad_reversal_was_judged",
            ),
        ]


@datamap.declare(
    purpose="See who sends false views and clicks of ads",
    retention="30 days",
    BUSINESS="day what reason reports",
    SYSTEM="id home_cell ad",
)
class Disbelief(models.Model):
    """How many reports of a day were refused for a reason. ad: None where none is named in truth.

    what: a view or a click; "" in rows of before it was noted.
    """

    home_cell = HomeCellField()
    day = models.DateField()
    ad = models.ForeignKey(Ad, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=5, blank=True)
    reason = models.CharField(max_length=12)
    reports = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "ad", "what", "reason"],
                name="ad_disbelief_once",
                nulls_distinct=False,
            ),
        ]


@datamap.declare(
    purpose="Find crowds behind one device or connection that view and click ads",
    retention="a day",
    OPS="showing what device network at",
    SYSTEM="id home_cell",
)
class Origin(models.Model):
    """From where a view or a click of an ad was reported: digests whose key is another each day.

    Also of what is not billed, since one of the ad's own people reported it. They tell whether two
    of one day came from the same place, and neither from where nor from whom.
    device: of the visitor's cookie of its browser. network: of its address, or of the part of it
    that is a household's.
    """

    home_cell = HomeCellField()
    showing = models.UUIDField()
    what = models.CharField(max_length=5)
    device = models.BinaryField(max_length=8)
    network = models.BinaryField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["showing", "what"], name="ad_origin_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="ad_origin_by_age")]


@datamap.declare(
    purpose="Look at each view and click of ads once, and see what came of it",
    retention="30 days",
    OPS="until_at charges reversed at",
    SYSTEM="id home_cell",
)
class Sifting(models.Model):
    """All that was shown before an instant was looked at for what is not honest.

    charges: how many of the hour before it counted until then. reversed: of them, now taken back.
    """

    home_cell = HomeCellField()
    until_at = models.DateTimeField(unique=True)
    charges = models.PositiveIntegerField()
    reversed = models.PositiveIntegerField()
    at = models.DateTimeField()
