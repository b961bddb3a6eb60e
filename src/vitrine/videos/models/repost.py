"""Reposts: somebody puts another's clip before their own followers."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from vitrine.accounts.models import Mute, Person, Viewer, unblocked
from vitrine.accounts.telling import Kind
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip
from vitrine.videos.models.visibility import Visibility


class NotToRepost(Refusal):
    """The clip is one's own, not public, or its creator wants no reposts."""

    code = "not_to_repost"
    message = "This clip can't be reposted: its creator keeps it to their own profile."


class RepostQuerySet(models.QuerySet["Repost"]):
    """Which reposts. Whether their clips may be seen is asked of the clips."""

    def by_followed(self, viewer: Person) -> "RepostQuerySet":
        """Reposts of those whom a viewer follows and has not muted."""
        followed = Q(person__in=viewer.following.values("followed"))
        return self.filter(followed, Mute.none_by(viewer, "person"), person__is_active=True)

    def seen_by(self, viewer: Viewer) -> "RepostQuerySet":
        """Reposts by people whom a viewer may meet."""
        if not isinstance(viewer, Person):
            return self.filter(person__is_active=True)
        return self.filter(unblocked(viewer, "person"), person__is_active=True)


@datamap.declare(
    purpose="Show others what a person found worth passing on",
    retention="until taken back",
    subject="person",
    PUBLIC="person clip at",
    SYSTEM="id home_cell",
)
class Repost(models.Model):
    """A person shows somebody else's clip on their own profile, and to their followers."""

    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reposts")
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="reposts")
    at = models.DateTimeField()

    objects = RepostQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "clip"], name="repost_once"),
        ]

    @classmethod
    def give(cls, clip: Clip, *, by: Person, at: datetime) -> None:
        """Repost a clip; again is no error. Raises: NotToRepost. Queries: 3.

        The clip's row is kept as it is meanwhile, so that what is closed now is not reposted.
        """
        with transaction.atomic():
            if (
                not cls.may_be_given(by.pk)
                .select_for_update(of=("self",), no_key=True)
                .filter(pk=clip.pk)
            ):
                raise NotToRepost
            Repost.objects.bulk_create([Repost(person=by, clip=clip, at=at)], ignore_conflicts=True)
            clip.tell_creator(Kind.REPOST, by=by.pk, at=at)

    @classmethod
    def may_be_given(cls, by: int | None) -> models.QuerySet[Clip]:
        """Return the clips that a person (None: whoever signs in) may repost, if they see them."""
        public = Clip.objects.published().filter(visibility=Visibility.PUBLIC)
        return public.filter(reposts_open=True).exclude(creator_id=by)

    @classmethod
    def take_back(cls, clip: Clip, *, by: Person) -> None:
        """Repost it no more; again is no error. Queries: 1."""
        cls.objects.filter(clip=clip, person=by).delete()
