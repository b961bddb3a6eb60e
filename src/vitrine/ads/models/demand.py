"""What became of bids from outside, what partners are still to be told, and who is left alone."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.ads.models.advertiser import Advertiser
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class NoticeKind(models.TextChoices):
    """What a partner asked to be told of a bid: it was shown, it is billed, or it was neither."""

    WIN = "win"
    BILLING = "billing"
    LOSS = "loss"


@datamap.declare(
    purpose="Tell demand partners what became of their bids",
    retention="7 days",
    BUSINESS="kind showing url made_at due_at tries told_at",
    SYSTEM="id home_cell advertiser",
)
class BidNotice(models.Model):
    """Something that a partner is to be told of a bid of its own, at an address that it gave.

    showing: of a win and a billing, the token's, a UUID; it names no viewer. A billing is told once
    that showing is charged. url: whole, with what the partner asked to read in it. told_at: it was
    heard. due_at: not before; after so many tries it is given up.
    """

    home_cell = HomeCellField()
    advertiser = models.ForeignKey(Advertiser, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=NoticeKind.choices)
    showing = models.UUIDField(null=True)
    url = models.CharField(max_length=4000)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["showing", "kind"],
                name="bid_notice_once",
                condition=Q(showing__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(kind="loss", showing=None)
                | Q(kind__in=["win", "billing"], showing__isnull=False),
                name="bid_notice_of_something",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="bid_notice_due", condition=Q(told_at=None)),
            models.Index(fields=["made_at"], name="bid_notice_by_age"),
        ]


@datamap.declare(
    purpose="See how demand partners answer",
    retention="30 days",
    OPS="day what number",
    SYSTEM="id home_cell advertiser",
)
class DemandDay(models.Model):
    """How often something happened with a partner on a day of the cell. what: see ``counting``."""

    home_cell = HomeCellField()
    advertiser = models.ForeignKey(Advertiser, models.PROTECT, related_name="+")
    day = models.DateField()
    what = models.CharField(max_length=20)
    number = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["advertiser", "day", "what"], name="demand_day_once"),
        ]


@datamap.declare(
    purpose="Ask a demand partner for no bids",
    retention="until it is asked again",
    subject="by",
    OPS="at",
    PERSONAL="by",
    SYSTEM="id home_cell advertiser",
)
class DemandStop(models.Model):
    """A partner that is not asked for bids: staff switched it off. Its existence is the state."""

    home_cell = HomeCellField()
    advertiser = models.OneToOneField(Advertiser, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
