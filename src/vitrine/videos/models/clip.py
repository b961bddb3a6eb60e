"""The clip, and who may see it (P1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from vitrine.accounts.models import Block, Follow, Mute, Person
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.upload import Upload
from vitrine.videos.placeholder import data_uri

Viewer = Person | AnonymousUser


class NotReadyToPublish(Refusal):
    """No rendition of the clip is verified yet."""

    code = "clip_not_ready"
    message = "This clip is still being prepared. It can be published as soon as it plays."


class IsOut(Refusal):
    """The clip is published already."""

    code = "clip_is_out"
    message = "This clip is out already. Take it back to draft before you choose when it goes out."


TRIED_FOR = timedelta(days=1)
"""How long a draft that cannot go out on time is tried: it may still be being prepared."""

UNSCHEDULED: dict[str, Any] = {
    "scheduled_at": None,
    "schedule_refused_at": None,
    "schedule_trouble": "",
}


class Visibility(models.TextChoices):
    """Who may see a published clip."""

    PUBLIC = "public", "Everyone"
    FOLLOWERS = "followers", "Followers"
    UNLISTED = "unlisted", "Anyone with the link"
    PRIVATE = "private", "Only me"


class ClipQuerySet(models.QuerySet["Clip"]):
    """Which clips. Visibility (P1) is written here and nowhere else."""

    def kept(self) -> Self:
        """Clips that are not deleted."""
        return self.filter(deleted_at=None)

    def published(self) -> Self:
        """Clips that are out, whoever may see them."""
        return self.kept().filter(published_at__isnull=False)

    def due(self, *, at: datetime) -> Self:
        """Drafts that should be out by now, and were not refused for so long that it is over."""
        is_over = Q(schedule_refused_at__lte=at - TRIED_FOR)
        return self.kept().filter(published_at=None, scheduled_at__lte=at).exclude(is_over)

    def owned_by(self, person: Person) -> Self:
        """Clips of a creator, drafts included."""
        return self.kept().filter(creator=person)

    def visible_to(self, viewer: Viewer) -> Self:
        """Clips that a viewer may open by their link."""
        return self._seen_by(viewer, Q(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED]))

    def listed_for(self, viewer: Viewer) -> Self:
        """Published clips that may be shown to a viewer without the link: profiles, search.

        A creator's unlisted and private clips are not listed, not even to the creator: a
        profile looks the same to its owner as to others. The studio lists ``owned_by``.
        """
        out = Q(visibility=Visibility.PUBLIC)
        if isinstance(viewer, Person):
            out |= Q(visibility=Visibility.FOLLOWERS) & (_followed_by(viewer) | Q(creator=viewer))
        return self.published().filter(out)._without_blocks(viewer)

    def unasked_for(self, viewer: Viewer) -> Self:
        """Clips that may be put before a viewer who did not ask: listed, and nobody's muted."""
        listed = self.listed_for(viewer)
        return (
            listed.filter(Mute.none_by(viewer, "creator")) if isinstance(viewer, Person) else listed
        )

    def _without_blocks(self, viewer: Viewer) -> Self:
        if not isinstance(viewer, Person):
            return self
        return self.filter(Block.none_between(viewer, "creator"))

    def _seen_by(self, viewer: Viewer, open_to_all: Q) -> Self:
        out = Q(published_at__isnull=False) & open_to_all
        if isinstance(viewer, Person):
            followers = Q(published_at__isnull=False, visibility=Visibility.FOLLOWERS)
            out |= (followers & _followed_by(viewer)) | Q(creator=viewer)
        return self.kept().filter(out)._without_blocks(viewer)


def _followed_by(viewer: Person) -> Q:
    return Q(creator__in=Follow.objects.filter(follower=viewer).values("followed"))


@datamap.declare(
    purpose="Show a clip",
    retention="until deleted by its creator",
    subject="creator",
    PUBLIC="public_id title description duration_ms width height has_sound poster_key "
    "placeholder cover_key published_at language comments_open",
    PERSONAL="visibility created_at deleted_at original_key original_sha256 original_bytes "
    "cover_ms scheduled_at schedule_refused_at schedule_trouble",
    SYSTEM="id home_cell creator upload",
)
class Clip(models.Model):
    """A short video. published_at None: a draft. Playable once it has a verified rendition.

    cover_ms: which moment the cover shows; None where there is none, or a picture was sent.
    scheduled_at: when the draft goes out. schedule_refused_at, schedule_trouble: since when it
    should be out and is not, and why.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="clips")
    upload = models.OneToOneField(Upload, models.SET_NULL, null=True, related_name="clip")
    title = models.CharField(max_length=150, blank=True)
    description = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8, default="en")
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    comments_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    original_key = models.CharField(max_length=200, blank=True)
    original_sha256 = models.BinaryField(max_length=32, null=True)
    original_bytes = models.BigIntegerField(default=0)
    duration_ms = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    has_sound = models.BooleanField(default=False)
    poster_key = models.CharField(max_length=200, blank=True)
    placeholder = models.BinaryField(max_length=146, default=bytes)
    cover_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    cover_ms = models.PositiveIntegerField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    schedule_refused_at = models.DateTimeField(null=True)
    schedule_trouble = models.CharField(max_length=400, blank=True, default="", db_default="")

    objects = ClipQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at"],
                name="clip_fresh",
                condition=Q(deleted_at=None, published_at__isnull=False),
            ),
            models.Index(fields=["creator", "-created_at"], name="clip_by_creator"),
            models.Index(
                fields=["creator", "-published_at", "-public_id"],
                name="clip_on_profile",
                condition=Q(deleted_at=None, published_at__isnull=False),
            ),
            models.Index(
                fields=["scheduled_at"],
                name="clip_scheduled",
                condition=Q(scheduled_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            # P1 stands on these: a word that no scope knows would be a hole or a lost clip.
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="clip_visibility_known"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(published_at=None), name="clip_deleted_is_not_out"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    def get_absolute_url(self) -> str:
        """Return the clip page's URL."""
        return f"/v/{self.public_id}"

    @property
    def poster_url(self) -> str:
        """Return where the first frame is, as a picture. Empty: not made yet."""
        return f"/m/{self.poster_key}" if self.poster_key else ""

    @property
    def cover_url(self) -> str:
        """Return the picture that stands for the clip: its cover, or else the first frame."""
        return f"/m/{self.cover_key}" if self.cover_key else self.poster_url

    @property
    def placeholder_uri(self) -> str:
        """Return the 146-byte picture as a ``data:`` URI. Empty: not made yet."""
        return data_uri(bytes(self.placeholder))

    def publish(self, *, at: datetime) -> None:
        """Let others see the clip. Raises: NotReadyToPublish. Queries: 1.

        The guard is in the write: only a clip with a verified rendition changes (V1).
        """
        changed = (
            Clip.objects.kept()
            .filter(pk=self.pk, renditions__isnull=False)
            .update(published_at=Coalesce("published_at", at), **UNSCHEDULED)
        )
        if not changed:
            raise NotReadyToPublish
        self.published_at = self.published_at or at
        self._set(UNSCHEDULED)

    def schedule(self, *, out_at: datetime) -> None:
        """Let the draft go out by itself later; again changes when. Raises: IsOut. Queries: 1."""
        drafts = Clip.objects.kept().filter(pk=self.pk, published_at=None)
        changes = {**UNSCHEDULED, "scheduled_at": out_at}
        if not drafts.update(**changes):
            raise IsOut
        self._set(changes)

    def unschedule(self) -> None:
        """Let the draft stay a draft, and forget why it did not go out."""
        Clip.objects.filter(pk=self.pk).update(**UNSCHEDULED)
        self._set(UNSCHEDULED)

    def delay(self, refusal: Refusal, *, at: datetime) -> None:
        """Say why the draft is not out, though its time has come. Queries: 1."""
        Clip.objects.filter(pk=self.pk, scheduled_at__isnull=False).update(
            schedule_refused_at=Coalesce("schedule_refused_at", at),
            schedule_trouble=refusal.text[:400],
        )

    def unpublish(self) -> None:
        """Take the clip back to draft."""
        Clip.objects.filter(pk=self.pk).update(published_at=None)
        self.published_at = None

    def delete(self, *, at: datetime) -> None:  # type: ignore[override]
        """Take the clip away from everybody at once; ``tasks.purge`` removes its files soon."""
        Clip.objects.filter(pk=self.pk, deleted_at=None).update(
            deleted_at=at, published_at=None, **UNSCHEDULED
        )
        self.deleted_at, self.published_at = self.deleted_at or at, None

    def _set(self, fields: Mapping[str, object]) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
