"""The clip, and who may see it (P1)."""

from datetime import datetime
from typing import ClassVar, Self

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
from vitrine.videos.models.audience import Audience
from vitrine.videos.models.upload import Upload
from vitrine.videos.placeholder import data_uri

Viewer = Person | AnonymousUser


class NotReadyToPublish(Refusal):
    """No rendition of the clip is verified yet."""

    code = "clip_not_ready"
    message = "This clip is still being prepared. It can be published as soon as it plays."


class RemixWithdrawn(Refusal):
    """Whose clip this one is made with does not allow it any more."""

    code = "remix_withdrawn"
    message = (
        "Whose clip you made this with does not open it to you any more, so it can't be "
        "published. Go on without it, and your own film is prepared again."
    )


class RemixKind(models.TextChoices):
    """What can be made of another's clip."""

    SOUND = "sound", "Sound"
    DUET = "duet", "Duet"
    STITCH = "stitch", "Stitch"


PERMISSIONS = {
    RemixKind.SOUND: "sound_uses",
    RemixKind.DUET: "duets",
    RemixKind.STITCH: "stitches",
}
"""The field of a clip that says to whom it is open for what."""


class AudienceField(models.CharField):  # type: ignore[type-arg]
    """To whom a clip is open for something: nobody, until its creator says so."""

    def __init__(self, **kwargs: object) -> None:
        nobody = {"default": Audience.NOBODY.value, "db_default": Audience.NOBODY.value}
        super().__init__(
            **{"max_length": 10, "choices": Audience.choices, **nobody, **kwargs}  # type: ignore[arg-type]
        )


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

    def open_to(self, viewer: Viewer, kind: RemixKind) -> Self:
        """Clips of which a viewer may make something: their own, and public ones so opened.

        Only what everybody may see: a remix shows it to whoever sees the remix. And no remix of
        a remix, which would hand on what its own creator was not asked for.
        """
        field = PERMISSIONS[kind]
        allowed = Q(**{field: Audience.EVERYONE})
        if isinstance(viewer, Person):
            allowed |= Q(**{field: Audience.FOLLOWERS}) & _followed_by(viewer)
        out = Q(visibility=Visibility.PUBLIC, published_at__isnull=False) & allowed
        if isinstance(viewer, Person):
            out |= Q(creator=viewer)
        return self.kept().filter(out, remix=None)._without_blocks(viewer)

    def _without_blocks(self, viewer: Viewer) -> Self:
        """Leave out clips by, and others' clips made with, somebody with whom there is a block."""
        if not isinstance(viewer, Person):
            return self
        met = Q(remix__origin__creator__in=Block.objects.filter(by=viewer).values("on"))
        met |= Q(remix__origin__creator__in=Block.objects.filter(on=viewer).values("by"))
        others = ~Q(creator=viewer)
        return self.filter(Block.none_between(viewer, "creator")).exclude(met & others)

    def _seen_by(self, viewer: Viewer, open_to_all: Q) -> Self:
        out = Q(published_at__isnull=False) & open_to_all
        if isinstance(viewer, Person):
            followers = Q(published_at__isnull=False, visibility=Visibility.FOLLOWERS)
            out |= (followers & _followed_by(viewer)) | Q(creator=viewer)
        return self.kept().filter(out)._without_blocks(viewer)


def _may_be_shown_with_its_origin(creator: Person) -> Q:
    """Return the condition that a clip is no remix, or that its origin is open to its creator."""
    fine = Q(remix=None)
    for kind in RemixKind:
        fine |= Q(remix__kind=kind, remix__origin__in=Clip.objects.open_to(creator, kind))
    return fine


def _followed_by(viewer: Person) -> Q:
    return Q(creator__in=Follow.objects.filter(follower=viewer).values("followed"))


@datamap.declare(
    purpose="Show a clip",
    retention="until deleted by its creator",
    subject="creator",
    PUBLIC="public_id title description duration_ms width height has_sound poster_key "
    "placeholder published_at language comments_open duets stitches sound_uses commercial_use",
    PERSONAL="visibility created_at deleted_at original_key original_sha256 original_bytes",
    SYSTEM="id home_cell creator upload",
)
class Clip(models.Model):
    """A short video. published_at None: a draft. Playable once it has a verified rendition.

    duets, stitches, sound_uses: to whom it is open for remixing. commercial_use: whether what is
    made of it may carry products.
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
    duets = AudienceField()
    stitches = AudienceField()
    sound_uses = AudienceField()
    commercial_use = models.BooleanField(default=False, db_default=False)
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
                condition=Q(
                    duets__in=Audience.values,
                    stitches__in=Audience.values,
                    sound_uses__in=Audience.values,
                ),
                name="clip_openness_known",
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
        """Let others see the clip. Raises: NotReadyToPublish, RemixWithdrawn. Queries: 1 or 2.

        The guard is in the write: only a clip with a verified rendition changes (V1), and only
        one whose origin is still open to its creator, or that was out already.
        """
        allowed = Q(published_at__isnull=False) | _may_be_shown_with_its_origin(self.creator)
        ready = Clip.objects.kept().filter(pk=self.pk, renditions__isnull=False)
        changed = ready.filter(allowed).update(published_at=Coalesce("published_at", at))
        if not changed and ready.exists():
            raise RemixWithdrawn
        if not changed:
            raise NotReadyToPublish
        self.published_at = self.published_at or at

    def unpublish(self) -> None:
        """Take the clip back to draft."""
        Clip.objects.filter(pk=self.pk).update(published_at=None)
        self.published_at = None

    def delete(self, *, at: datetime) -> None:  # type: ignore[override]
        """Take the clip away from everybody at once; ``tasks.purge`` removes its files soon."""
        Clip.objects.filter(pk=self.pk, deleted_at=None).update(deleted_at=at, published_at=None)
        self.deleted_at, self.published_at = self.deleted_at or at, None
