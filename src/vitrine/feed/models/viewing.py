"""The facts that views are counted from: what was reported, and what was sent."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from vitrine.feed.sources import LABELS
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip

_PURPOSE = "Count views that nobody can forge; show creators how their clips are watched"
_RETENTION = "30 days, then only sums per clip and day"
_SUBJECT = "viewer = accounts.Person.public_id"


@datamap.declare(
    purpose=_PURPOSE,
    retention=_RETENTION,
    subject=_SUBJECT,
    PERSONAL="viewer device slate source day at places sequences clips counted watched_ms loops "
    "seen taps shares",
    SYSTEM="id home_cell written",
)
class Telling(models.Model):
    """What a browser said at one moment of the clips of one page; append-only.

    Each place of the arrays is a fact (``Viewing``). slate: the impression of the page's first
    place; the others differ in the last byte, which is in places. written: how often the viewer's
    reports had been when this was (``Tempo``): so what is written twice is refused.

    Each day is a part of the table, which an impression's own day names: who looks for one says
    the day, or all parts are searched. clips: what writes a fact holds its clip, and a clip that
    facts name cannot be deleted. Source: docs/adr/0108-a-row-for-a-page.md.
    """

    home_cell = HomeCellField()
    slate = models.UUIDField()
    written = models.IntegerField()
    viewer = models.CharField(max_length=40, db_collation="C")
    device = models.BinaryField(max_length=8)
    source = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in LABELS.items()]
    )
    day = models.DateField()
    at = models.DateTimeField()
    places = ArrayField(models.SmallIntegerField())
    sequences = ArrayField(models.SmallIntegerField())
    clips = ArrayField(models.BigIntegerField())
    counted = ArrayField(models.BooleanField())
    watched_ms = ArrayField(models.IntegerField())
    loops = ArrayField(models.SmallIntegerField())
    seen = ArrayField(models.BinaryField())
    taps = ArrayField(models.SmallIntegerField())
    shares = ArrayField(models.SmallIntegerField())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slate", "written", "day"], name="telling_once"),
            models.CheckConstraint(condition=~Q(viewer=""), name="telling_has_viewer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["viewer", "at"], name="telling_by_viewer"),
            GinIndex(fields=["clips"], name="telling_by_clip"),
        ]


@datamap.declare(
    purpose=_PURPOSE,
    retention=_RETENTION,
    subject=_SUBJECT,
    PERSONAL="viewer device slate place impression sequence clip source day at is_counted "
    "watched_ms loops seen taps shares clips",
    SYSTEM="id home_cell",
)
class Viewing(models.Model):
    """What a browser said of one impression at one moment: a place of a ``Telling``, shown alone.

    Each tells all that has happened since the clip was shown, so the one with the highest
    sequence stands for the impression: what comes twice, late or in another order changes nothing.
    day: when the clip was served, in the cell's time. seen: a bit for each second of the clip,
    the lowest first. is_counted: False for the clip's own creator and for staff. id, clips: those
    of all that was told with it; who looks for a clip's facts asks for both clip and clips, since
    an index has the latter.
    """

    home_cell = HomeCellField()
    slate = models.UUIDField()
    place = models.SmallIntegerField()
    impression = models.UUIDField()
    sequence = models.SmallIntegerField()
    clip = models.ForeignKey(Clip, models.DO_NOTHING, related_name="+", db_constraint=False)
    viewer = models.CharField(max_length=40)
    device = models.BinaryField(max_length=8)
    source = models.CharField(max_length=10)
    day = models.DateField()
    at = models.DateTimeField()
    is_counted = models.BooleanField()
    watched_ms = models.IntegerField()
    loops = models.SmallIntegerField()
    seen = models.BinaryField()
    taps = models.SmallIntegerField()
    shares = models.SmallIntegerField()
    clips = ArrayField(models.BigIntegerField())

    class Meta:
        managed = False


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
