"""Clips that people pass on to those who follow them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip, Visibility


class NotYours(Refusal):
    """The clip is not one that this person can pass on."""

    code = "not_for_reposting"
    message = "Only public clips of others can be reposted."


@datamap.declare(
    purpose="Show a clip to a person's followers",
    retention="until taken back",
    subject="person",
    PUBLIC="at",
    SYSTEM="id home_cell clip person",
)
class Repost(models.Model):
    """A person shows somebody else's clip to their own followers."""

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="reposts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "person"], name="repost_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="repost_by_person")]

    @classmethod
    def give(cls, clip: Clip, *, by: Person, at: datetime) -> None:
        """Repost a clip; again is no error. Raises: NotYours. Queries: 1.

        Should the clip cease to be public, the repost shows it to nobody who may not see it:
        reposts are always read through ``Clip.objects.listed_for``.
        """
        if clip.creator_id == by.pk or clip.visibility != Visibility.PUBLIC:
            raise NotYours
        cls.objects.bulk_create([cls(clip=clip, person=by, at=at)], ignore_conflicts=True)

    @classmethod
    def take_back(cls, clip: Clip, *, by: Person) -> None:
        """Repost it no more; again is no error. Queries: 1."""
        cls.objects.filter(clip=clip, person=by).delete()
