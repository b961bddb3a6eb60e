"""Who likes a clip."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction

from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip


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
        """Like a clip; again is no error. Its creator is told once. Queries: 2."""
        with transaction.atomic():
            Like.objects.bulk_create([Like(clip=clip, person=by, at=at)], ignore_conflicts=True)
            clip.tell_creator(Kind.LIKE, by=by.pk, at=at)

    @classmethod
    def take_back(cls, clip: Clip, *, by: Person) -> None:
        """Like it no more; again is no error. Queries: 1."""
        cls.objects.filter(clip=clip, person=by).delete()
