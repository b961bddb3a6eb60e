"""How long a person has watched on a day, for those who set themselves a limit."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Least

from vitrine.accounts.models.person import Person
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

DAY_SECONDS = 24 * 3600


@datamap.declare(
    purpose="Remind a person of the limit they set themselves",
    retention="7 days; counted only while a limit is set",
    subject="person",
    PERSONAL="person on seconds",
    SYSTEM="id home_cell",
)
class ScreenTime(models.Model):
    """The seconds that a person had the feed on their screen on one day of the cell."""

    home_cell = HomeCellField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    on = models.DateField()
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "on"], name="screen_time_once"),
        ]

    @classmethod
    def add(cls, seconds: int, *, by: Person, on: date) -> int:
        """Add seconds to a day, never more than it has; return the day's sum. Queries: 3."""
        cls.objects.bulk_create([cls(person=by, on=on)], ignore_conflicts=True)
        day = cls.objects.filter(person=by, on=on)
        day.update(seconds=Least(F("seconds") + seconds, DAY_SECONDS))
        return day.values_list("seconds", flat=True).get()
