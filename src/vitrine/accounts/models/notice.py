"""What a person is told of what others did, and on which channels they want to hear it."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models.block import Mute
from vitrine.accounts.models.person import Person, unblocked
from vitrine.accounts.telling import Kind
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Often(models.TextChoices):
    """How often the digest is mailed."""

    NEVER = "never", gettext_lazy("Never")
    DAILY = "daily", gettext_lazy("Once a day")
    WEEKLY = "weekly", gettext_lazy("Once a week")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Which notices."""

    def wanted_by(self, person: Person, channel: str = "silent") -> Self:
        """A person's notices that they want in the app, of nobody whom they keep at a distance.

        channel: "mailed" for those that they want in their digest too, "pushed" for pushes.
        """
        wanted = self.filter(person=person).wanted()
        if channel == "silent":
            return wanted
        return wanted.filter(**{f"person__notice_rules__{channel}__contains": _one(F("kind"))})

    def wanted(self) -> Self:
        """Notices that whom they are for want in the app, of nobody kept at a distance."""
        met = Q(unblocked("person", "actor"), Mute.none_by("person", "actor"))
        return (
            self.filter(Q(actor=None) | met)
            .exclude(actor__is_active=False)
            .exclude(person__notice_rules__silent__contains=_one(F("kind")))
        )

    def unread(self) -> Self:
        """Those that the person has not seen yet."""
        return self.filter(read_at=None)


def _one(kind: F) -> models.Func:
    """Return an array of the one kind."""
    return models.Func(kind, template="ARRAY[%(expressions)s]::varchar[]")


@datamap.declare(
    purpose="Tell a person what others did to their clips and comments",
    retention="90 days",
    subject="person",
    PERSONAL="public_id person kind actor about item path at read_at",
    SYSTEM="id home_cell",
)
class Notice(models.Model):
    """One thing told to a person, once: the same fact is one row however often it is told.

    actor: who did it; None: the cell itself. about: the public id of the thing that notices are
    grouped by, such as a clip. item: that of what is new, such as a comment. path: where it leads.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20)
    actor = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    about = models.CharField(max_length=40, blank=True)
    item = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "actor", "about", "item"],
                name="notice_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(actor=None) | ~Q(actor=F("person")), name="notice_of_others"
            ),
            models.CheckConstraint(condition=Q(path__startswith="/"), name="notice_path_is_ours"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at", "-public_id"], name="notice_newest"),
            models.Index(fields=["at"], name="notice_by_age"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
        ]


@datamap.declare(
    purpose="Tell a person only what they want to hear, where they want it",
    retention="until changed",
    subject="person",
    PERSONAL="silent pushed mailed digest",
    SYSTEM="id home_cell person",
)
class NoticeRules(models.Model):
    """A person's channels by kind. No row: everything in the app, nothing anywhere else.

    silent: told nowhere. pushed, mailed: told there too. digest: how often the mail comes.
    """

    home_cell = HomeCellField()
    person = models.OneToOneField(Person, models.CASCADE, related_name="notice_rules")
    silent = ArrayField(models.CharField(max_length=20), default=list)
    pushed = ArrayField(models.CharField(max_length=20), default=list)
    mailed = ArrayField(models.CharField(max_length=20), default=list)
    digest = models.CharField(max_length=10, choices=Often.choices, default=Often.NEVER)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__in=Often.values), name="notice_digest_known"
            ),
        ]

    @classmethod
    def of(cls, person: Person) -> "NoticeRules":
        """Return a person's rules, or the usual ones. Queries: 1."""
        found = NoticeRules.objects.filter(person=person).first()
        return found or NoticeRules(person=person, mailed=Kind.values)

    @classmethod
    def put(
        cls,
        *,
        by: Person,
        silent: Collection[str],
        pushed: Collection[str],
        mailed: Collection[str],
        digest: str,
    ) -> None:
        """Change a person's channels; they hold for what was told before, too. Queries: 1."""
        rules = NoticeRules(
            person=by,
            silent=sorted(silent),
            pushed=sorted(pushed),
            mailed=sorted(mailed),
            digest=digest,
        )
        NoticeRules.objects.bulk_create(
            [rules],
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["silent", "pushed", "mailed", "digest"],
        )

    @classmethod
    def stop_mail(cls, person: Person) -> None:
        """Mail no more digests; again is no error. Queries: 1."""
        NoticeRules.objects.filter(person=person).update(digest=Often.NEVER)
