"""The facts that views are counted from: what was reported, and what was sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.feed.sources import LABELS
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Count views that nobody can forge; show creators how their clips are watched",
    retention="30 days, then only sums per clip and day",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer device impression sequence clip source day at is_counted watched_ms loops "
    "seen taps shares",
    SYSTEM="id home_cell",
)
class Viewing(models.Model):
    """What a browser said of one impression at one moment; append-only (0003_views.py).

    Each row tells all that has happened since the clip was shown, so the one with the highest
    sequence stands for the impression: what comes twice, late or in another order changes nothing.
    day: when the clip was served, in the cell's time. seen: a bit for each second of the clip,
    the lowest first. is_counted: False for the clip's own creator and for staff.

    Each day is a part of the table (0011_days_of_facts.py), which an impression's own day names:
    who looks for one says the day, or all parts are searched. clip: what writes a fact holds its
    clip, and a clip that facts name cannot be deleted: a key would be checked for each row.
    """

    home_cell = HomeCellField()
    impression = models.UUIDField()
    sequence = models.PositiveSmallIntegerField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+", db_constraint=False)
    viewer = models.CharField(max_length=40, db_collation="C")
    device = models.BinaryField(max_length=8)
    source = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in LABELS.items()]
    )
    day = models.DateField()
    at = models.DateTimeField()
    is_counted = models.BooleanField()
    watched_ms = models.PositiveIntegerField()
    loops = models.PositiveSmallIntegerField()
    seen = models.BinaryField()
    taps = models.PositiveSmallIntegerField()
    shares = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["impression", "sequence", "day"], name="viewing_once"),
            models.CheckConstraint(condition=~Q(viewer=""), name="viewing_has_viewer"),
            models.CheckConstraint(condition=Q(watched_ms__gt=0), name="viewing_began"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["viewer", "at"], name="viewing_by_viewer"),
        ]


@datamap.declare(
    purpose="Know that a clip's bytes were really sent to the device that claims to have seen it",
    retention="30 days after the clip was last watched on the device",
    OPS="device clip first_at",
    SYSTEM="id home_cell",
)
class Delivery(models.Model):
    """A clip's bytes went to a device. device: a keyed digest of a cookie, which names nobody."""

    home_cell = HomeCellField()
    device = models.BinaryField(max_length=8)
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    first_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "clip"], name="delivery_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["first_at"], name="delivery_by_age")]
