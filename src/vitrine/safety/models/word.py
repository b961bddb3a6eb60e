"""Words that the cell holds back or refuses, with who listed them."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.kernel.text import folded
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos import comment_rules


class Effect(models.TextChoices):
    """What happens to a text with a listed word."""

    HOLD = "hold", gettext_lazy("Wait for a moderator")
    REFUSE = "refuse", gettext_lazy("Be refused")


class ListedWordQuerySet(models.QuerySet["ListedWord"]):
    """Which listed words."""

    def in_force(self) -> Self:
        """Not taken off the list."""
        return self.filter(removed_at=None)


@datamap.declare(
    purpose="Hold back or refuse texts with certain words",
    retention="for good, as part of what was decided",
    subject="by",
    OPS="public_id word effect at removed_at",
    PERSONAL="by removed_by",
    SYSTEM="id home_cell",
)
class ListedWord(models.Model):
    """A word or phrase on the cell's list. It is taken off by a time, not by deleting the row."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    word = models.CharField(max_length=comment_rules.LONGEST_WORD)
    effect = models.CharField(max_length=6, choices=Effect.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    objects = ListedWordQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["word"], condition=Q(removed_at=None), name="listed_word_once"
            ),
            models.CheckConstraint(
                condition=Q(effect__in=Effect.values), name="listed_word_effect_known"
            ),
        ]

    @classmethod
    def put(cls, words: Sequence[str], effect: str, *, by: Person, at: datetime) -> None:
        """Put words on the list; those that stand there stay as they are. Queries: 1."""
        rows = [ListedWord(word=word, effect=effect, by=by, at=at) for word in words]
        ListedWord.objects.bulk_create(rows, ignore_conflicts=True)

    @classmethod
    def effect_on(cls, *texts: str) -> str:
        """Return the strongest effect that listed words have on texts, or "". Queries: 1."""
        found = ""
        rows = ListedWord.objects.in_force().values_list("word", "effect")
        for word, effect in rows:
            if effect != found and any(comment_rules.hits(text, [word]) for text in texts):
                if effect == Effect.REFUSE:
                    return effect
                found = effect
        return found

    @classmethod
    def any_in(cls, texts: Sequence[Sequence[str]]) -> list[bool]:
        """Tell of each group of texts whether a listed word is in it. Queries: 1."""
        words = list(ListedWord.objects.in_force().values_list("word", flat=True))
        finder = comment_rules.finder(words)
        if finder is None:
            return [False] * len(texts)
        return [any(finder.search(folded(text)) for text in group) for group in texts]

    def remove(self, *, by: Person, at: datetime) -> None:
        """Take it off the list; again is no error. Queries: 1."""
        ListedWord.objects.in_force().filter(pk=self.pk).update(removed_by=by, removed_at=at)
