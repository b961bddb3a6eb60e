"""How fast a viewer goes from clip to clip, and whose reports go one after another."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from vitrine.feed.impressions import EXPIRES_AFTER
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

_KEPT = EXPIRES_AFTER + timedelta(hours=1)


@datamap.declare(
    purpose="Believe no viewer who begins more clips than anybody can",
    retention="13 hours after the viewer's last report",
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
        """Delete what no token reaches back to. Queries: 1.

        As long as one does, what is written of its page has another number each time.
        """
        cls.objects.filter(minute__lt=int((at - _KEPT).timestamp()) // 60).delete()
