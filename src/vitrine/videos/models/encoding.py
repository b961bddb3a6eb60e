"""The preparing of a clip, and the renditions that come of it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from vitrine.accounts.telling import Kind
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
"""A clip whose preparing has died this often is poison: it fails with a reason."""

REFINED_LAST = 1_000_000
"""How far refining stands behind the preparing of new clips in the queue."""


class LeaseLost(Exception):
    """Another worker has taken over; whatever this one still holds must not be written."""


class EncodingState(models.TextChoices):
    """Where the preparing of a clip is. V1: it ends ready or failed."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


UNDER_WAY = [EncodingState.WAITING, EncodingState.RUNNING]


class EncodingQuerySet(models.QuerySet["Encoding"]):
    """Which preparings."""

    def under_way(self) -> Self:
        """Not ended yet."""
        return self.filter(state__in=UNDER_WAY)

    def before(self, encoding: "Encoding") -> Self:
        """Under way for the same creator, ordered earlier, and no mere refining."""
        creator = Clip.objects.filter(pk=encoding.clip_id).values("creator")
        rivals = self.under_way().filter(refined_from=None, pk__lt=encoding.pk)
        return rivals.filter(clip__creator__in=creator)

    def abandoned(self, *, at: datetime) -> Self:
        """Under way, but with nobody at work: the lease has run out, or was never taken."""
        never = Q(lease_until=None, created_at__lt=at - LEASE)
        return self.under_way().filter(never | Q(lease_until__lt=at))


@datamap.declare(
    purpose="Prepare a clip for playing, once, whatever crashes",
    retention="with the clip",
    subject="clip__creator",
    OPS="state step attempts fence lease_until reason created_at started_at finished_at progress "
    "found refined_from without_chip",
    SYSTEM="id home_cell clip",
)
class Encoding(models.Model):
    """The job that makes a clip's renditions.

    lease_until and fence: who may write, until when. found: what the probe saw on acceptance.
    refined_from: when views had earned the clip a denser rendition; it is the same job again.
    without_chip: why an encoder in hardware was given up for this clip; empty where none was.
    """

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="encoding")
    state = models.CharField(
        max_length=10, choices=EncodingState.choices, default=EncodingState.WAITING
    )
    step = models.CharField(max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    refined_from = models.DateTimeField(null=True)
    found = models.JSONField(null=True)
    without_chip = models.CharField(max_length=200, db_default="")

    objects = EncodingQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lease_until"],
                name="encoding_under_way",
                condition=Q(state__in=["waiting", "running"]),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"]) | Q(finished_at__isnull=False),
                name="encoding_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=EncodingState.values), name="encoding_state_known"
            ),
        ]

    @property
    def has_attempts_left(self) -> bool:
        """Tell whether another try may be made."""
        return self.attempts < MOST_ATTEMPTS

    @property
    def why(self) -> str:
        """Return the reason in the language of who reads it; empty where there is none."""
        return gettext(self.reason) if self.reason else ""

    def order(self, *, after: timedelta | None = None) -> None:
        """Queue the job that does the work, in the caller's transaction; at most one waits.

        By name, because the task imports what imports this model. A creator's second clip stands
        behind everybody's first, the third behind everybody's second.
        """
        rank = Encoding.objects.before(self).count()
        rank += REFINED_LAST if self.refined_from else 0
        job = app.configure_task(
            "videos.encode",
            queue="encode",
            queueing_lock=f"videos.encode:{self.pk}",
            priority=-rank,
            schedule_in={"seconds": int(after.total_seconds())} if after else None,
        )
        with suppress(AlreadyEnqueued), transaction.atomic():
            job.defer(encoding_id=self.pk)

    def take(self, *, at: datetime) -> bool:
        """Take the lease and the next fence; False while somebody else holds it. Queries: 1–2.

        Each taking counts as an attempt, because a worker that dies cannot count it later.
        """
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        taken = (
            Encoding.objects.under_way()
            .filter(free, pk=self.pk, attempts__lt=MOST_ATTEMPTS)
            .update(
                state=EncodingState.RUNNING,
                attempts=F("attempts") + 1,
                fence=F("fence") + 1,
                lease_until=at + LEASE,
                started_at=Coalesce("started_at", at),
            )
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def refine(self, *, at: datetime) -> bool:
        """Order the denser rendition of a clip that is ready, once; False if it has been."""
        with transaction.atomic():
            ordered = Encoding.objects.filter(
                pk=self.pk, state=EncodingState.READY, refined_from=None
            ).update(state=EncodingState.WAITING, refined_from=at, attempts=0)
            if ordered:
                self.refresh_from_db()
                self.order()
        return bool(ordered)

    def begin_again(self, *, out_of: Sequence[str] = (EncodingState.FAILED,)) -> bool:
        """Order the whole preparing anew, from one of some states; False when in another.

        The new fence shuts out a worker that may still be at it. Call in a transaction.
        """
        again = Encoding.objects.filter(pk=self.pk, state__in=out_of).update(
            state=EncodingState.WAITING,
            attempts=0,
            fence=F("fence") + 1,
            lease_until=None,
            refined_from=None,
            started_at=None,
            finished_at=None,
            step="",
            progress=0,
            reason="",
        )
        if again:
            self.refresh_from_db()
            self.order()
        return bool(again)

    def held(self, *, at: datetime, step: str, progress: int) -> None:
        """Renew the lease and tell how far the work is. Raises: LeaseLost. Queries: 1."""
        self._write(lease_until=at + LEASE, step=step, progress=progress)

    def went_on_without(self, trouble: str) -> None:
        """Note that an encoder in hardware failed and the processor goes on. Raises: LeaseLost."""
        self._write(without_chip=trouble[:200])

    def finish(self, *, at: datetime) -> None:
        """End well, together with what the caller's transaction writes. Raises: LeaseLost."""
        self._write(
            state=EncodingState.READY, progress=100, reason="", lease_until=None, finished_at=at
        )
        if self.refined_from is None:
            self.clip.tell_creator(Kind.CLIP_READY, by=None, at=at)

    def fail(self, reason: str, *, at: datetime) -> None:
        """End badly, with a reason for the creator. Raises: LeaseLost."""
        with transaction.atomic():
            self._write(
                state=EncodingState.FAILED, reason=reason[:300], lease_until=None, finished_at=at
            )
            if self.refined_from is None and self.clip.deleted_at is None:
                self.clip.tell_creator(Kind.CLIP_FAILED, by=None, at=at)

    def wait(self, reason: str, *, after: timedelta, at: datetime, counts: bool = True) -> None:
        """Give the lease back and order another try. Raises: LeaseLost.

        counts: whether this one was an attempt; one that our own disk stopped is none.
        """
        attempts = self.attempts if counts else self.attempts - 1
        with transaction.atomic():
            self._write(
                state=EncodingState.WAITING,
                reason=reason[:300],
                lease_until=at + after,
                attempts=attempts,
            )
            self.order(after=after)

    def _write(self, **fields: object) -> None:
        """Write fields if the fence is still ours; a newer one means that we were given up."""
        with transaction.atomic():
            ours = Encoding.objects.under_way().filter(pk=self.pk, fence=self.fence)
            if not ours.update(**fields):
                raise LeaseLost(self.pk)
        for name, value in fields.items():
            setattr(self, name, value)


@datamap.declare(
    purpose="Play a clip at a size that fits the network",
    retention="with the clip",
    subject="clip__creator",
    PUBLIC="name width height bitrate_bps size sha256 key codecs",
    OPS="encoder verified_at",
    SYSTEM="id home_cell clip",
)
class Rendition(models.Model):
    """One encoded size of a clip. A row exists only for a verified file (V1).

    name: "540", or "540av1" for the denser one. encoder: what made it, as ffmpeg calls it.
    """

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bitrate_bps = models.PositiveIntegerField()
    codecs = models.CharField(max_length=60)
    encoder = models.CharField(max_length=20, db_default="libx264")
    size = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    key = models.CharField(max_length=200, unique=True)
    verified_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "name"], name="rendition_once"),
        ]

    @property
    def url(self) -> str:
        """Return where the file plays from. The key never changes its content."""
        return f"/m/{self.key}"

    @property
    def mime_type(self) -> str:
        """Return the type with codecs, as ``<source type>`` and ``canPlayType`` take it."""
        return f'video/mp4; codecs="{self.codecs}"'
