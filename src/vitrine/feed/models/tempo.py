"""How fast a viewer goes from clip to clip, and whose reports go one after another."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from vitrine.feed.pacing import MINUTES
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Believe no viewer who begins more clips than anybody can",
    retention="61 minutes after the viewer's last report",
    OPS="viewer written minute begun",
    SYSTEM="home_cell",
)
class Tempo(models.Model):
    """How many clips a viewer began in each of the last minutes; written with their reports.

    viewer: the keyed digest that marks their tokens, which names nobody. written: how often their
    reports were; who writes again says how often that was when they read (``noting.WRITE``).
    minute: since 1970, that of the last number in begun.
    """

    viewer = models.BigIntegerField(primary_key=True)
    home_cell = HomeCellField()
    written = models.PositiveIntegerField()
    minute = models.PositiveIntegerField()
    begun = ArrayField(models.PositiveSmallIntegerField())

    @classmethod
    def forget(cls, *, at: datetime) -> None:
        """Delete what no hour reaches back to. Queries: 1."""
        cls.objects.filter(minute__lte=int(at.timestamp()) // 60 - MINUTES).delete()
