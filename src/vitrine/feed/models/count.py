"""What is counted of the facts, per clip and day, and what was not believed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from vitrine.feed.plausible import Reason
from vitrine.feed.sources import LABELS
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Show creators how their clips are watched, long after the facts are gone",
    retention="with the clip",
    subject="clip__creator",
    LOCAL_PUBLIC="qualified",
    BUSINESS="day source reach watched_ms skipped finished taps shares follows seen",
    SYSTEM="id home_cell clip",
)
class ClipDay(models.Model):
    """One clip on one day from one source, summed from its facts; never added to, only recounted.

    seen: for each second of the clip, how many impressions saw it.
    """

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    day = models.DateField()
    source = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in LABELS.items()]
    )
    reach = models.PositiveIntegerField()
    qualified = models.PositiveIntegerField()
    watched_ms = models.PositiveBigIntegerField()
    skipped = models.PositiveIntegerField()
    finished = models.PositiveIntegerField()
    taps = models.PositiveIntegerField()
    shares = models.PositiveIntegerField()
    follows = models.PositiveIntegerField()
    seen = ArrayField(models.PositiveIntegerField())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "day", "source"], name="clip_day_once"),
        ]


@datamap.declare(
    purpose="Know for which days views are finally counted",
    retention="kept",
    OPS="day closed_at",
    SYSTEM="id home_cell",
)
class CountedDay(models.Model):
    """A day whose views are final: every token of it has expired. Days are closed in order."""

    home_cell = HomeCellField()
    day = models.DateField(unique=True)
    closed_at = models.DateTimeField()


@datamap.declare(
    purpose="Say in public how many reports of watching were not believed, and why",
    retention="kept",
    OPS="day reason reports",
    SYSTEM="id home_cell",
)
class Rejection(models.Model):
    """How many reports were not believed on a day, for one reason. Nobody's name is kept."""

    home_cell = HomeCellField()
    day = models.DateField()
    reason = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Reason])
    reports = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "reason"], name="rejection_once"),
        ]
