"""Who may not post for a time."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext

from vitrine.accounts.models.person import Person
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField, dated


class PostingSuspended(Refusal):
    """The person may not post now. until: when they may again; None is for good."""

    code = "posting_suspended"
    message = "You cannot post here any more. Your statements, under your account, say why."

    @classmethod
    def of(cls, suspension: "Suspension") -> "PostingSuspended":
        """Return the refusal that says until when."""
        if suspension.until is None:
            return cls()
        sentence = gettext(
            "You cannot post until {day}. Your statements, under your account, say why."
        )
        return cls(sentence.format(day=dated(suspension.until)))


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """Which suspensions."""

    def in_force(self, *, at: datetime) -> Self:
        """Begun, not over and not lifted."""
        return self.filter(Q(until=None) | Q(until__gt=at), at__lte=at, lifted_at=None)


@datamap.declare(
    purpose="Keep somebody from posting after repeated breaches",
    retention="until the account is deleted",
    subject="person",
    PERSONAL="at until lifted_at",
    SYSTEM="id home_cell person",
)
class Suspension(models.Model):
    """A person may not comment, upload or publish. until None: for good. Reading stays free."""

    home_cell = HomeCellField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="suspensions")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("at")), name="suspension_lasts"
            ),
        ]

    @classmethod
    def refuse(cls, person: Person, *, at: datetime) -> None:
        """Let nobody go on who is suspended. Raises: PostingSuspended. Queries: 1."""
        longest = F("until").desc(nulls_first=True)
        found = Suspension.objects.in_force(at=at).filter(person=person).order_by(longest).first()
        if found is not None:
            raise PostingSuspended.of(found)

    @classmethod
    def none_on(cls, person: str, *, at: datetime) -> Q:
        """Return the condition that a column's person may post, for a write to guard itself."""
        return Q(~Exists(Suspension.objects.in_force(at=at).filter(person=OuterRef(person))))
