"""How often a new clip was shown in its first day, and why not more often."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


class FairHearing(StrEnum):
    """What became of a clip's claim to be shown."""

    FAIR = "fair"
    NOT_OPEN = "not_open"
    FEW_PLACES = "few_places"
    OUTDRAWN = "outdrawn"


@datamap.declare(
    purpose="Give each new clip a fair hearing, or say why it had none",
    retention="with the clip",
    subject="clip__creator",
    BUSINESS="showings average hearing noted_at",
    SYSTEM="id home_cell clip",
)
class FirstDay(models.Model):
    """A clip's first twenty-four hours, written once they are over.

    showings: how many viewers it came before. average: of the new clips of that time. hearing: it
    had its share (``weights.HARDLY_SHOWN``); not everybody may see it; there were too few places
    for all that were new; others were stayed with longer, and drew its places.
    """

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="+")
    showings = models.PositiveIntegerField()
    average = models.PositiveIntegerField()
    hearing = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in FairHearing]
    )
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(hearing__in=[one.value for one in FairHearing]),
                name="first_day_hearing_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["noted_at"], name="first_day_noted")]
