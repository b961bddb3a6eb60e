"""Who is named and which hashtags stand in titles, descriptions and comments."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.accounts.models import Person
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos import mentions
from vitrine.videos.models.clip import Clip

if TYPE_CHECKING:
    from vitrine.videos.models.comment import Comment


@datamap.declare(
    purpose="Find clips by the hashtags of their title and description",
    retention="with the clip",
    subject="clip__creator",
    PUBLIC="word",
    SYSTEM="id home_cell clip",
)
class Hashtag(models.Model):
    """A hashtag in a clip's title or description. word: as ``mentions.normal_word`` writes it."""

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="hashtags")
    word = models.CharField(max_length=mentions.LONGEST_WORD, db_collation="C")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["word", "clip"], name="hashtag_once"),
        ]

    @classmethod
    def note(cls, clip: Clip) -> None:
        """Make the stored hashtags those of the clip's text. Queries: 2, in one transaction."""
        words = mentions.hashtags(clip.title, clip.description)
        cls.objects.filter(clip=clip).exclude(word__in=words).delete()
        cls.objects.bulk_create([cls(clip=clip, word=w) for w in words], ignore_conflicts=True)


@datamap.declare(
    purpose="Tell a person that somebody named them",
    retention="with the comment or clip",
    subject="person",
    PERSONAL="person at",
    SYSTEM="id home_cell clip comment",
)
class Mention(models.Model):
    """A person is named by @handle in a clip's text or in a comment."""

    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, models.CASCADE, null=True, related_name="mentions")
    comment = models.ForeignKey(
        "videos.Comment", models.CASCADE, null=True, related_name="mentions"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "person"], name="mention_once_in_clip"),
            models.UniqueConstraint(fields=["comment", "person"], name="mention_once_in_comment"),
            models.CheckConstraint(
                condition=Q(clip=None, comment__isnull=False)
                | Q(clip__isnull=False, comment=None),
                name="mention_in_one_place",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="mention_of_person")]

    @classmethod
    def note(
        cls,
        *texts: str,
        by: Person,
        at: datetime,
        clip: Clip | None = None,
        comment: "Comment | None" = None,
    ) -> None:
        """Make the stored mentions those of the texts. Nobody mentions themselves. Queries: 0 to 3.

        A mention that stays keeps its time: editing a title tells nobody again.
        """
        people = Person.objects.filter(handle__in=mentions.handles(*texts), is_active=True)
        named = [person for person in people if person.pk != by.pk]
        if clip is not None:
            cls.objects.filter(clip=clip).exclude(person__in=named).delete()
        cls.objects.bulk_create(
            [cls(person=person, clip=clip, comment=comment, at=at) for person in named],
            ignore_conflicts=True,
        )
