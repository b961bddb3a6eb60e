"""What was drawn and heard of a clip's sound."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip

PATIENCE = timedelta(hours=1)
"""After that a hearing has died with its worker, and may be asked for again."""


class HearingUnderWay(Refusal):
    """A machine is listening to this clip already."""

    code = "hearing_under_way"
    message = "Captions are being made for this clip already. They appear here by themselves."


@datamap.declare(
    purpose="Draw the sound under the caption editor",
    retention="with the clip",
    subject="clip__creator",
    PERSONAL="peaks",
    SYSTEM="id home_cell clip",
)
class Waveform(models.Model):
    """How loud a clip is, moment by moment. peaks: a byte each; none where it could not be read."""

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="waveform")
    peaks = models.BinaryField(max_length=50_000)

    @classmethod
    def order(cls, clip: Clip) -> None:
        """Queue the drawing; at most one waits. By name: the task imports what imports this."""
        lock = f"videos.draw_waveform:{clip.pk}"
        job = app.configure_task("videos.draw_waveform", queue="settle", queueing_lock=lock)
        with suppress(AlreadyEnqueued), transaction.atomic():
            job.defer(clip_id=clip.pk)


@datamap.declare(
    purpose="Make captions once when they are asked for, and say what came of it",
    retention="with the clip",
    subject="clip__creator",
    OPS="asked_at ended_at reason",
    SYSTEM="id home_cell clip",
)
class Hearing(models.Model):
    """The making of captions by a machine, as last asked for. reason: why nothing came of it."""

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="hearing")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    @property
    def why(self) -> str:
        """Return the reason in the language of who reads it; empty where there is none."""
        return gettext(self.reason) if self.reason else ""

    def is_under_way(self, *, at: datetime) -> bool:
        """Tell whether captions may still come of it."""
        return self.ended_at is None and self.asked_at > at - PATIENCE

    @classmethod
    def ask(cls, clip: Clip, *, at: datetime) -> None:
        """Queue the listening. Raises: HearingUnderWay. By name, as the waveform's task."""
        with transaction.atomic():
            cls.objects.get_or_create(clip=clip, defaults={"asked_at": at, "ended_at": at})
            free = Q(ended_at__isnull=False) | Q(asked_at__lte=at - PATIENCE)
            if not cls.objects.filter(free, clip=clip).update(
                asked_at=at, ended_at=None, reason=""
            ):
                raise HearingUnderWay
            job = app.configure_task(
                "videos.hear", queue="hear", queueing_lock=f"videos.hear:{clip.pk}"
            )
            with suppress(AlreadyEnqueued), transaction.atomic():
                job.defer(clip_id=clip.pk)

    def end(self, *, at: datetime, reason: str = "") -> None:
        """Say what came of it."""
        self.ended_at, self.reason = at, reason[:300]
        Hearing.objects.filter(pk=self.pk).update(ended_at=self.ended_at, reason=self.reason)
