"""Whom a person wants no more to do with, and whom they only want to hear less of."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q

from vitrine.accounts.models.person import Follow, Person, pair_alone
from vitrine.kernel.rows import HasRow, InRows
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Keep two people out of each other's sight",
    retention="until taken back",
    subject="by",
    PERSONAL="by on at",
    SYSTEM="id home_cell",
)
class Block(models.Model):
    """One person has blocked another: neither sees the other's clips, comments or profile."""

    home_cell = HomeCellField()
    by = models.ForeignKey(Person, models.CASCADE, related_name="blocks")
    on = models.ForeignKey(Person, models.CASCADE, related_name="blocks_received")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "on"], name="block_once"),
            models.CheckConstraint(condition=~Q(by=F("on")), name="block_not_self"),
        ]

    @classmethod
    def put(cls, *, by: Person, on: Person, at: datetime) -> None:
        """Block somebody; again is no error. Follows between the two end. Queries: 3.

        Nobody can follow meanwhile: ``Person.follow`` waits for the same lock.
        """
        if by.pk == on.pk:
            return
        with transaction.atomic():
            pair_alone(by, on)
            Block.objects.bulk_create([Block(by=by, on=on, at=at)], ignore_conflicts=True)
            both = [by.pk, on.pk]
            Follow.objects.filter(follower__in=both, followed__in=both).delete()

    @classmethod
    def lift(cls, *, by: Person, on: Person) -> None:
        """Block no more; again is no error. The follows of before do not come back. Queries: 1."""
        Block.objects.filter(by=by, on=on).delete()


@datamap.declare(
    purpose="Show a person less of somebody",
    retention="until taken back",
    subject="by",
    PERSONAL="by on at",
    SYSTEM="id home_cell",
)
class Mute(models.Model):
    """A person is not shown another's clips and comments unasked. The other never learns it."""

    home_cell = HomeCellField()
    by = models.ForeignKey(Person, models.CASCADE, related_name="mutes")
    on = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "on"], name="mute_once"),
            models.CheckConstraint(condition=~Q(by=F("on")), name="mute_not_self"),
        ]

    @classmethod
    def put(cls, *, by: Person, on: Person, at: datetime) -> None:
        """Mute somebody; again is no error. Queries: 1."""
        if by.pk != on.pk:
            Mute.objects.bulk_create([Mute(by=by, on=on, at=at)], ignore_conflicts=True)

    @classmethod
    def lift(cls, *, by: Person, on: Person) -> None:
        """Mute no more; again is no error. Queries: 1."""
        Mute.objects.filter(by=by, on=on).delete()

    @classmethod
    def none_by(cls, viewer: Any, other: str) -> Q:
        """Return the condition that a viewer has not muted a column's person.

        viewer: a person, or the name of the column that has one. other: never null.
        """
        if isinstance(viewer, str):
            return Q(~HasRow(Mute, by=viewer, on=other))
        return Q(~InRows(other, Mute, "on", by=viewer))
