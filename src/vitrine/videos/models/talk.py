"""What people say and feel about a clip."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip


class CommentsClosed(Refusal):
    """The creator takes no comments on this clip."""

    code = "comments_closed"
    message = "Comments are closed on this clip."


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

    @property
    def url(self) -> str:
        """Return where a ``<track>`` reads the captions from."""
        return f"/m/captions/{self.clip.public_id}/{self.language}.vtt"


class CommentQuerySet(models.QuerySet["Comment"]):
    """Which comments."""

    def removable_by(self, person: Person) -> Self:
        """Those that a person wrote, and those under the person's clips."""
        return self.filter(Q(author=person) | Q(clip__creator=person))


@datamap.declare(
    purpose="Talk about a clip",
    retention="until deleted by its author or by the clip's creator",
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

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clip", "-at"])]

    @classmethod
    def say(cls, clip: Clip, text: str, *, by: Person, at: datetime) -> "Comment":
        """Comment on a clip that the author may see. Raises: CommentsClosed. Queries: 1."""
        if not clip.comments_open:
            raise CommentsClosed
        return cls.objects.create(clip=clip, author=by, text=text, at=at)


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

    @classmethod
    def give(cls, clip: Clip, *, by: Person, at: datetime) -> None:
        """Like a clip; again is no error. Queries: 1."""
        Like.objects.bulk_create([Like(clip=clip, person=by, at=at)], ignore_conflicts=True)

    @classmethod
    def take_back(cls, clip: Clip, *, by: Person) -> None:
        """Like it no more; again is no error. Queries: 1."""
        cls.objects.filter(clip=clip, person=by).delete()
