"""The clip."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from vitrine.accounts import telling
from vitrine.accounts.models import Mute, Person, Suspension, Viewer
from vitrine.accounts.telling import Kind
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import mentioning, visibility
from vitrine.videos.models.audience import PERMISSIONS, Audience, AudienceField, RemixKind
from vitrine.videos.models.refusals import (
    HasCaptions,
    IsOut,
    NotDescribed,
    NotReadyToPublish,
    RemixWithdrawn,
)
from vitrine.videos.models.takedown import JUDGED, Takedown, TakenDown
from vitrine.videos.models.upload import Upload
from vitrine.videos.models.visibility import Visibility
from vitrine.videos.placeholder import data_uri

TRIED_FOR = timedelta(days=1)
"""How long a draft that cannot go out on time is tried: it may still be being prepared."""

UNSCHEDULED: dict[str, Any] = {
    "scheduled_at": None,
    "schedule_refused_at": None,
    "schedule_trouble": "",
}


def film_of(renditions: Iterable[Any]) -> str:
    """Return where the film is that everybody can play: of some renditions. Empty: none."""
    urls = {rendition.name: rendition.url for rendition in renditions}
    return urls.get("540") or next(iter(urls.values()), "")


class ClipQuerySet(models.QuerySet["Clip"]):
    """Which clips. Visibility (P1) is written here and nowhere else."""

    def kept(self) -> Self:
        """Clips that are not deleted."""
        return self.filter(deleted_at=None)

    def published(self) -> Self:
        """Clips that are out, whoever may see them: published, and not taken down."""
        return self.kept().filter(visibility.standing(), published_at__isnull=False)

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
            out |= Q(visibility=Visibility.FOLLOWERS) & (
                visibility.followed_by(viewer) | Q(creator=viewer)
            )
        return self.published().filter(out, visibility.fit_for(viewer))._without_blocks(viewer)

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
            allowed |= Q(**{field: Audience.FOLLOWERS}) & visibility.followed_by(viewer)
        out = Q(visibility=Visibility.PUBLIC, published_at__isnull=False) & allowed
        out &= visibility.standing() & visibility.fit_for(viewer)
        if isinstance(viewer, Person):
            out |= Q(creator=viewer)
        return self.kept().filter(out, remix=None)._without_blocks(viewer)

    def _without_blocks(self, viewer: Viewer) -> Self:
        """Leave out clips by, and others' clips made with, somebody with whom there is a block."""
        if not isinstance(viewer, Person):
            return self
        return self.filter(visibility.without_blocks(viewer))

    def _seen_by(self, viewer: Viewer, open_to_all: Q) -> Self:
        shown = Q(published_at__isnull=False) & visibility.standing() & visibility.fit_for(viewer)
        out = shown & open_to_all
        if isinstance(viewer, Person):
            followers = shown & Q(visibility=Visibility.FOLLOWERS)
            out |= (followers & visibility.followed_by(viewer)) | Q(creator=viewer)
        return self.kept().filter(out)._without_blocks(viewer)


def _may_be_shown_with_its_origin(creator: Person) -> Q:
    """Return the condition that a clip is no remix, or that its origin is open to its creator."""
    fine = Q(remix=None)
    for kind in RemixKind:
        fine |= Q(remix__kind=kind, remix__origin__in=Clip.objects.open_to(creator, kind))
    return fine


@datamap.declare(
    purpose="Show a clip",
    retention="until deleted by its creator",
    subject="creator",
    PUBLIC="public_id title description duration_ms width height has_sound poster_key "
    "placeholder cover_key published_at language comments_open speechless_at is_mature "
    "duets stitches sound_uses commercial_use reposts_open paid_by",
    PERSONAL="visibility created_at deleted_at original_key original_sha256 original_bytes "
    "cover_ms scheduled_at schedule_refused_at schedule_trouble mature_at",
    SYSTEM="id home_cell creator upload",
)
class Clip(models.Model):
    """A short video. published_at None: a draft. Playable once it has a verified rendition.

    speechless_at: when its creator marked that nobody speaks; such a clip has no captions.
    cover_ms: which moment the cover shows; None where there is none, or a picture was sent.
    scheduled_at: when the draft goes out. schedule_refused_at, schedule_trouble: since when it
    should be out and is not, and why.
    duets, stitches, sound_uses: to whom it is open for remixing. commercial_use: whether what is
    made of it may carry products.
    paid_by: who paid its creator for it, as the creator says; empty: nobody.
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
    speechless_at = models.DateTimeField(null=True)
    duets = AudienceField()
    stitches = AudienceField()
    sound_uses = AudienceField()
    commercial_use = models.BooleanField(default=False, db_default=False)
    reposts_open = models.BooleanField(default=True, db_default=True)
    paid_by = models.CharField(max_length=80, blank=True, default="", db_default="")
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
    def cover_url(self) -> str:
        """Return the picture that stands for the clip: its cover, or else the first frame."""
        return f"/m/{self.cover_key}" if self.cover_key else self.poster_url

    @property
    def film_url(self) -> str:
        """Return where its film is that everybody can play. Empty: none. With its renditions."""
        return film_of(self.renditions.all())

    @property
    def placeholder_uri(self) -> str:
        """Return the 146-byte picture as a ``data:`` URI. Empty: not made yet."""
        return data_uri(bytes(self.placeholder))

    def publish(self, *, at: datetime) -> None:
        """Let others see the clip. Queries: 1, more with mentions.

        Raises: NotReadyToPublish, NotDescribed, RemixWithdrawn, TakenDown, PostingSuspended.

        The guard is in the write: only a clip with a verified rendition changes (V1), only of
        somebody who may post, and only one that is described and whose origin is still open to
        its creator; what is out already stays out.
        """
        ready = Clip.objects.kept().filter(pk=self.pk, renditions__isnull=False)
        is_out = Q(published_at__isnull=False)
        allowed = Takedown.none_of("pk", *JUDGED) & Suspension.none_on("creator", at=at)
        whole = ~Q(description="") & _may_be_shown_with_its_origin(self.creator)
        let_out = ready.filter(allowed).filter(is_out | whole)
        with transaction.atomic():
            if not let_out.update(published_at=Coalesce("published_at", at), **UNSCHEDULED):
                raise self._kept_in_by(ready, at=at)
            mentioning.tell(self, self.description, at=at)
        self.published_at = self.published_at or at
        self._set(UNSCHEDULED)

    def _kept_in_by(self, ready: ClipQuerySet, *, at: datetime) -> Refusal:
        """Return what keeps the clip from being published. Raises: PostingSuspended."""
        Suspension.refuse(self.creator, at=at)
        if Takedown.objects.filter(clip=self.pk, cause__in=JUDGED).exists():
            return TakenDown()
        if not ready.exists():
            return NotReadyToPublish()
        return RemixWithdrawn() if ready.exclude(description="").exists() else NotDescribed()

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

    def revise(self, **details: object) -> None:
        """Write what is said about the clip. Raises: NotDescribed. Queries: 1.

        The line that describes a clip cannot be taken away while the clip is out.
        """
        revised = Clip.objects.filter(pk=self.pk)
        if not details.get("description", True):
            revised = revised.filter(Q(published_at=None) | Q(description=""))
        if not revised.update(**details):
            raise NotDescribed
        for name, value in details.items():
            setattr(self, name, value)

    def mark_speechless(self, *, at: datetime) -> None:
        """Say that nobody speaks in the clip. Raises: HasCaptions. Locks: the clip."""
        with transaction.atomic():
            Clip.objects.select_for_update().get(pk=self.pk)
            if self.captions.exists():
                raise HasCaptions
            Clip.objects.filter(pk=self.pk).update(speechless_at=Coalesce("speechless_at", at))
        self.speechless_at = self.speechless_at or at

    def unmark_speechless(self) -> None:
        """Say no more that nobody speaks."""
        Clip.objects.filter(pk=self.pk).update(speechless_at=None)
        self.speechless_at = None

    def tell_creator(self, kind: Kind, *, by: int | None, at: datetime) -> None:
        """Tell the clip's creator what happened to it. Queries: 1."""
        where = self.get_absolute_url() if by else f"/studio/clips/{self.public_id}/"
        telling.tell(kind, whom=self.creator_id, by=by, about=self.public_id, path=where, at=at)

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
        Clip.objects.filter(pk=self.pk, deleted_at=None).update(
            deleted_at=at, published_at=None, **UNSCHEDULED
        )
        self.deleted_at, self.published_at = self.deleted_at or at, None

    def _set(self, fields: Mapping[str, object]) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
