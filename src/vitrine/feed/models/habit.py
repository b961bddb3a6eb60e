"""How a person wants to watch: whether it is kept, and for how long a day."""

from collections.abc import Collection
from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.accounts.models import Person
from vitrine.ads import counting, dealings
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

LEAST_MINUTES, MOST_MINUTES = 5, 24 * 60
MORE_MINUTES = 15


@datamap.declare(
    purpose="Keep no history where a person wants none; stop when they want to stop",
    retention="until changed",
    subject="person",
    PERSONAL="paused_at unprofiled_at limit_minutes break_minutes more_on more_minutes done_on "
    "break_on break_ms",
    SYSTEM="id home_cell person",
)
class Habit(models.Model):
    """A person's wishes for their own watching. No row: everything is kept, without a limit.

    unprofiled_at: since when For you is for them as for everybody, and nothing is learnt from what
    they watch. more_on, more_minutes: what was added to the limit of that day. done_on: the day on
    which they said that it is enough. break_on, break_ms: what they had watched that day at the
    last reminder.
    """

    home_cell = HomeCellField()
    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    paused_at = models.DateTimeField(null=True)
    unprofiled_at = models.DateTimeField(null=True)
    limit_minutes = models.PositiveSmallIntegerField(null=True)
    break_minutes = models.PositiveSmallIntegerField(null=True)
    more_on = models.DateField(null=True)
    more_minutes = models.PositiveSmallIntegerField(default=0)
    done_on = models.DateField(null=True)
    break_on = models.DateField(null=True)
    break_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(limit_minutes=None)
                | Q(limit_minutes__range=(LEAST_MINUTES, MOST_MINUTES)),
                name="habit_limit_is_sane",
            ),
            models.CheckConstraint(
                condition=Q(break_minutes=None)
                | Q(break_minutes__range=(LEAST_MINUTES, MOST_MINUTES)),
                name="habit_break_is_sane",
            ),
        ]

    @classmethod
    def of(cls, person: Person) -> "Habit":
        """Return a person's wishes, or the usual ones. Queries: 1."""
        return Habit.objects.filter(person=person).first() or Habit(person=person)

    @classmethod
    def _put(cls, person: Person, **fields: object) -> None:
        Habit.objects.bulk_create(
            [Habit(person=person, **fields)],
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=list(fields),
        )

    @classmethod
    def pause(cls, person: Person, *, at: datetime) -> None:
        """Keep no more of what the person watches; again is no error. Queries: 3."""
        cls._put(person, paused_at=at)
        counting.stop_measuring(person.public_id)
        dealings.start_afresh(person.public_id, at=at)

    @classmethod
    def resume(cls, person: Person) -> None:
        """Keep what the person watches from now on. Queries: 1."""
        cls._put(person, paused_at=None)

    @classmethod
    def unprofile(cls, person: Person, *, at: datetime) -> None:
        """Show the person what everybody is shown; again is no error. Queries: 3."""
        cls._put(person, unprofiled_at=at)
        counting.stop_measuring(person.public_id)
        dealings.start_afresh(person.public_id, at=at)

    @classmethod
    def profile(cls, person: Person) -> None:
        """Choose by what the person watches, from now on. Queries: 1."""
        cls._put(person, unprofiled_at=None)

    @classmethod
    def plain_among(cls, people: Collection[int]) -> set[int]:
        """Return those of some people for whom nothing is picked by what they do. Queries: 1."""
        plain = Q(paused_at__isnull=False) | Q(unprofiled_at__isnull=False)
        return set(cls.objects.filter(plain, person__in=people).values_list("person", flat=True))

    @classmethod
    def limit(cls, person: Person, *, minutes: int | None, break_minutes: int | None) -> None:
        """Set how long a day the person wants to watch at most; None is no limit. Queries: 1."""
        cls._put(person, limit_minutes=minutes, break_minutes=break_minutes, done_on=None)

    @classmethod
    def add_more(cls, person: Person, *, today: date) -> None:
        """Watch a quarter of an hour more on this day. Queries: 1."""
        Habit.objects.filter(person=person).update(
            more_minutes=models.Case(
                models.When(more_on=today, then=F("more_minutes") + MORE_MINUTES),
                default=MORE_MINUTES,
            ),
            more_on=today,
            done_on=None,
        )

    @classmethod
    def be_done(cls, person: Person, *, today: date) -> None:
        """Show no more clips of the feeds on this day. Queries: 1."""
        cls._put(person, done_on=today)

    def reminded(self, *, today: date, watched_ms: int) -> None:
        """Note that a break was suggested. Queries: 1."""
        Habit.objects.filter(pk=self.pk).update(break_on=today, break_ms=watched_ms)
