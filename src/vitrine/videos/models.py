"""Clips and what belongs to them."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from vitrine.accounts.models import Follow, Person
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

Viewer = Person | AnonymousUser


class NotReadyToPublish(Refusal):
    """No rendition of the clip is verified yet."""

    code = "clip_not_ready"
    message = "This clip is still being prepared. It can be published as soon as it plays."


class Visibility(models.TextChoices):
    """Who may see a published clip."""

    PUBLIC = "public", "Everyone"
    FOLLOWERS = "followers", "Followers"
    UNLISTED = "unlisted", "Anyone with the link"
    PRIVATE = "private", "Only me"


class UploadState(models.TextChoices):
    """Where an upload is. Receiving → complete → accepted or refused; or cancelled."""

    RECEIVING = "receiving"
    COMPLETE = "complete"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@datamap.declare(
    purpose="Receive a file, in parts, over bad networks",
    retention="until accepted, or 7 days after the last part",
    subject="owner",
    PERSONAL="public_id filename length offset sha256 reason created_at touched_at",
    SYSTEM="id home_cell owner state",
)
class Upload(models.Model):
    """A file on its way in. offset: bytes that are safe in our hands."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    filename = models.CharField(max_length=200, blank=True)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    sha256 = models.BinaryField(max_length=32, null=True)
    state = models.CharField(
        max_length=10, choices=UploadState.choices, default=UploadState.RECEIVING
    )
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=models.F("length")),
                name="upload_offset_within_length",
            ),
        ]


class ClipQuerySet(models.QuerySet["Clip"]):
    """Which clips. Visibility (P1) is written here and nowhere else."""

    def kept(self) -> Self:
        """Clips that are not deleted."""
        return self.filter(deleted_at=None)

    def published(self) -> Self:
        """Clips that are out, whoever may see them."""
        return self.kept().filter(published_at__isnull=False)

    def owned_by(self, person: Person) -> Self:
        """Clips of a creator, drafts included."""
        return self.kept().filter(creator=person)

    def visible_to(self, viewer: Viewer) -> Self:
        """Clips that a viewer may open by their link."""
        return self._seen_by(viewer, Q(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED]))

    def listed_for(self, viewer: Viewer) -> Self:
        """Published clips that may be shown to a viewer unasked: feeds, profiles, search."""
        return self._seen_by(viewer, Q(visibility=Visibility.PUBLIC)).published()

    def _seen_by(self, viewer: Viewer, open_to_all: Q) -> Self:
        out = Q(published_at__isnull=False) & open_to_all
        if isinstance(viewer, Person):
            followed = Follow.objects.filter(follower=viewer).values("followed")
            out |= Q(
                published_at__isnull=False,
                visibility=Visibility.FOLLOWERS,
                creator__in=followed,
            ) | Q(creator=viewer)
        return self.kept().filter(out)


@datamap.declare(
    purpose="Show a clip",
    retention="until deleted by its creator",
    subject="creator",
    PUBLIC="public_id title description duration_ms width height has_sound poster_key "
    "placeholder published_at language comments_open",
    PERSONAL="visibility created_at deleted_at original_key original_sha256 original_bytes",
    SYSTEM="id home_cell creator upload",
)
class Clip(models.Model):
    """A short video. published_at None: a draft. Playable once it has a verified rendition."""

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

    objects = ClipQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at"],
                name="clip_fresh",
                condition=Q(deleted_at=None, published_at__isnull=False),
            ),
            models.Index(fields=["creator", "-created_at"], name="clip_by_creator"),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    def get_absolute_url(self) -> str:
        """Return the clip page's URL."""
        return f"/v/{self.public_id}"

    def publish(self, *, at: datetime) -> None:
        """Let others see the clip. Raises: NotReadyToPublish. Queries: 1.

        The guard is in the write: only a clip with a verified rendition changes (V1).
        """
        playable = Rendition.objects.filter(clip=self.pk)
        changed = (
            Clip.objects.kept()
            .filter(models.Exists(playable), pk=self.pk)
            .update(published_at=models.functions.Coalesce("published_at", at))
        )
        if not changed:
            raise NotReadyToPublish
        self.published_at = self.published_at or at

    def unpublish(self) -> None:
        """Take the clip back to draft."""
        Clip.objects.filter(pk=self.pk).update(published_at=None)
        self.published_at = None


class EncodingState(models.TextChoices):
    """Where the preparing of a clip is. V1: it ends ready or failed."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@datamap.declare(
    purpose="Prepare a clip for playing, once, whatever crashes",
    retention="with the clip",
    subject="clip__creator",
    OPS="state step attempts fence lease_until reason created_at finished_at progress",
    SYSTEM="id home_cell clip",
)
class Encoding(models.Model):
    """The job that makes a clip's renditions. lease_until and fence: who may write, until when."""

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
    finished_at = models.DateTimeField(null=True)


@datamap.declare(
    purpose="Play a clip at a size that fits the network",
    retention="with the clip",
    subject="clip__creator",
    PUBLIC="name width height bitrate_bps size sha256 key codecs",
    OPS="verified_at",
    SYSTEM="id home_cell clip",
)
class Rendition(models.Model):
    """One encoded size of a clip. A row exists only for a verified file (V1). name: "540"."""

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bitrate_bps = models.PositiveIntegerField()
    codecs = models.CharField(max_length=60)
    size = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    key = models.CharField(max_length=200, unique=True)
    verified_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "name"], name="rendition_once"),
        ]


@datamap.declare(
    purpose="Let people read what is said",
    retention="with the clip",
    subject="clip__creator",
    PUBLIC="language webvtt",
    SYSTEM="id home_cell clip",
)
class Caption(models.Model):
    """A clip's captions in one language, as WebVTT."""

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="captions")
    language = models.CharField(max_length=8)
    webvtt = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "language"], name="caption_once"),
        ]


@datamap.declare(
    purpose="Talk about a clip",
    retention="until deleted by its author",
    subject="author",
    PUBLIC="public_id text at",
    SYSTEM="id home_cell clip author",
)
class Comment(models.Model):
    """What somebody said under a clip."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clip", "-at"])]


@datamap.declare(
    purpose="Count what is liked; learn what a person likes",
    retention="until taken back",
    subject="person",
    PERSONAL="person clip at",
    SYSTEM="id home_cell",
)
class Like(models.Model):
    """A person likes a clip."""

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="likes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "person"], name="like_once"),
        ]
