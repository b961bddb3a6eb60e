"""The clip, and who may see it (P1)."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Coalesce, Now
from django.db.models.lookups import LessThanOrEqual

from vitrine.accounts.models import Block, Follow, Mute, Person, Suspension
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.takedown import JUDGED, Takedown, TakenDown
from vitrine.videos.models.upload import Upload
from vitrine.videos.placeholder import data_uri

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


class ClipQuerySet(models.QuerySet["Clip"]):
    """Which clips. Visibility (P1) is written here and nowhere else."""

    def kept(self) -> Self:
        """Clips that are not deleted."""
        return self.filter(deleted_at=None)

    def published(self) -> Self:
        """Clips that are out, whoever may see them: published, and not taken down."""
        return self.kept().filter(Takedown.none_of("pk"), published_at__isnull=False)

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
        return self.published().filter(out, _fit_for(viewer))._without_blocks(viewer)

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
        shown = Q(published_at__isnull=False) & Takedown.none_of("pk") & _fit_for(viewer)
        out = shown & open_to_all
        if isinstance(viewer, Person):
            followers = shown & Q(visibility=Visibility.FOLLOWERS)
            out |= (followers & _followed_by(viewer)) | Q(creator=viewer)
        return self.kept().filter(out)._without_blocks(viewer)


def _fit_for(viewer: Viewer) -> Q:
    """Return the condition that a clip is not for adults alone, or the viewer is one.

    Whoever did not say how old they are, by an account, is not shown what is for adults. Only
    the database reads the clock here: scopes have none.
    """
    for_all = Q(is_mature=False, mature_at=None)
    if not isinstance(viewer, Person):
        return for_all
    if viewer.born_on is None:
        return Q()
    today = Cast(Now(), models.DateField())
    return for_all | Q(LessThanOrEqual(Value(viewer.adult_on, models.DateField()), today))


def _followed_by(viewer: Person) -> Q:
    return Q(creator__in=Follow.objects.filter(follower=viewer).values("followed"))


@datamap.declare(
    purpose="Show a clip",
    retention="until deleted by its creator",
    subject="creator",
    PUBLIC="public_id title description duration_ms width height has_sound poster_key "
    "placeholder published_at language comments_open is_mature",
    PERSONAL="mature_at visibility created_at deleted_at original_key original_sha256 "
    "original_bytes",
    SYSTEM="id home_cell creator upload",
)
class Clip(models.Model):
    """A short video. published_at None: a draft. Playable once it has a verified rendition.

    is_mature: for adults, says its creator; mature_at: moderators said so, whatever it says.
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
    is_mature = models.BooleanField(default=False, db_default=False)
    mature_at = models.DateTimeField(null=True)
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
    def placeholder_uri(self) -> str:
        """Return the 146-byte picture as a ``data:`` URI. Empty: not made yet."""
        return data_uri(bytes(self.placeholder))

    def publish(self, *, at: datetime) -> None:
        """Let others see the clip. Queries: 1.

        Raises: NotReadyToPublish, TakenDown, PostingSuspended. The guard is in the write: only a
        clip with a verified rendition changes (V1), and only of somebody who may post.
        """
        may_be = Takedown.none_of("pk", *JUDGED) & Suspension.none_on("creator", at=at)
        changed = (
            Clip.objects.kept()
            .filter(may_be, pk=self.pk, renditions__isnull=False)
            .update(published_at=Coalesce("published_at", at))
        )
        if not changed:
            Suspension.refuse(self.creator, at=at)
            if Takedown.objects.filter(clip=self.pk, cause__in=JUDGED).exists():
                raise TakenDown
            raise NotReadyToPublish
        self.published_at = self.published_at or at

    def unpublish(self) -> None:
        """Take the clip back to draft."""
        Clip.objects.filter(pk=self.pk).update(published_at=None)
        self.published_at = None

    @property
    def is_for_adults(self) -> bool:
        """Tell whether only adults are shown it."""
        return self.is_mature or self.mature_at is not None

    def rate(self, *, is_mature: bool, at: datetime) -> None:
        """Say, as the cell's moderators, that it is for adults, or not any more. Queries: 1."""
        self.mature_at = at if is_mature else None
        Clip.objects.filter(pk=self.pk).update(mature_at=self.mature_at)

    def delete(self, *, at: datetime) -> None:  # type: ignore[override]
        """Take the clip away from everybody at once; ``tasks.purge`` removes its files soon."""
        Clip.objects.filter(pk=self.pk, deleted_at=None).update(deleted_at=at, published_at=None)
        self.deleted_at, self.published_at = self.deleted_at or at, None
