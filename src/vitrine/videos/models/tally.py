"""What a creator's clips come to, so that a profile does not count them for each visitor."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Show on a profile how many clips and likes there are",
    retention="with the creator",
    subject="creator",
    PERSONAL="visibility clips likes",
    SYSTEM="id home_cell creator is_sum",
)
class Tally(models.Model):
    """How many listed clips a creator has for an audience, and likes on them: the sum of rows.

    Triggers add a row with each change, in its transaction; nothing waits for anybody else's.
    ``tallying.fold`` makes them one row again. is_sum: it comes of a folding.
    Source: docs/adr/0043-tallies.md.
    """

    home_cell = HomeCellField()
    # Without a constraint: what a deleted person's clips add as they go is folded away.
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_constraint=False
    )
    visibility = models.CharField(max_length=10)
    clips = models.BigIntegerField()
    likes = models.BigIntegerField()
    is_sum = models.BooleanField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["creator"], name="tally_to_fold", condition=Q(is_sum=False)),
        ]
