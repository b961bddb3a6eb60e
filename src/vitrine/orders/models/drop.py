"""A drop: a thing that sells from one moment on to those who wait, and their places in line."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q, Sum

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Stock
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class DropQuerySet(models.QuerySet["Drop"]):
    """Which drops."""

    def current(self, *, at: datetime) -> Self:
        """Those that are announced or run."""
        return self.filter(ended_at=None, ends_at__gt=at)


@datamap.declare(
    purpose="Sell what many want at one moment, in a fair order",
    retention="with the product",
    LOCAL_PUBLIC="public_id starts_at ends_at",
    BUSINESS="ended_at created_at minutes most_each",
    OPS="drawn_at issued admitted advanced_at",
    SYSTEM="id home_cell product",
)
class Drop(models.Model):
    """A product that is sold from a moment on, one place in the queue after the other.

    minutes: how long somebody who was let in may buy. most_each: how many one buyer may have.
    drawn_at: those who came before the start have their numbers. issued: the last number that was
    given out; admitted: the last one that was let in. advanced_at: when that was last looked at.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(default=10)
    most_each = models.PositiveSmallIntegerField(default=1)
    drawn_at = models.DateTimeField(null=True)
    issued = models.PositiveIntegerField(default=0)
    admitted = models.PositiveIntegerField(default=0)
    advanced_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = DropQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(ended_at=None), name="drop_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(admitted__lte=F("issued"), ends_at__gt=F("starts_at"))
                & Q(minutes__gte=1, most_each__gte=1),
                name="drop_sane",
            ),
        ]

    @classmethod
    def of(cls, product: Product, *, at: datetime) -> "Drop | None":
        """Return the drop in which a product is sold. Queries: 0 for what is sold as usual."""
        if product.drop_until is None or product.drop_until <= at:
            return None
        return cls.objects.current(at=at).filter(product=product).first()

    def get_absolute_url(self) -> str:
        """Return the page where people wait."""
        return f"/drops/{self.public_id}"

    @property
    def left(self) -> int:
        """Count what nobody has bought or holds. Queries: 1."""
        stock = Stock.objects.filter(variant__product=self.product_id)
        return stock.aggregate(n=Sum(F("on_hand") - F("reserved")))["n"] or 0


class PlaceQuerySet(models.QuerySet["Place"]):
    """Which places."""

    def held_by(self, person: Person | None, visitor: str) -> Self:
        """The places of somebody, of their account or of their browser: the best one first."""
        mine = Q(visitor=visitor) if visitor else Q(pk=None)
        found = self.filter(mine | Q(person=person) if person else mine)
        return found.order_by("-in_lot", F("person").asc(nulls_last=True), "pk")

    def open(self, *, at: datetime) -> Self:
        """Places of those who were let in and have not bought yet."""
        return self.filter(admitted_until__gt=at, used_key="")


@datamap.declare(
    purpose="Keep somebody's place in the queue of a drop",
    retention="a day after the drop",
    subject="person",
    PERSONAL="person joined_at lot in_lot number admitted_until used_key used_at",
    SECRET="visitor ticket used_for used_phone",  # noqa: S106
    SYSTEM="id home_cell drop",
)
class Place(models.Model):
    """One place in a queue. visitor: known to one browser's session; person: where they signed in.

    ticket: what its page asks with, which tells where it stands and nothing else.
    number: None until the drop has begun; then by lot for those who came before, and in the order
    of their coming for the others. in_lot: before the start, too, those who are not stand behind.
    admitted_until: they may buy until then. used_key: of their purchase; used_for, used_phone: of
    where it goes, as digests.
    """

    home_cell = HomeCellField()
    # No index of its own: the constraints below begin with it.
    drop = models.ForeignKey(Drop, models.CASCADE, related_name="places", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    visitor = models.CharField(max_length=32)
    ticket = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True)
    joined_at = models.DateTimeField()
    lot = models.UUIDField()
    in_lot = models.BooleanField(default=True, db_default=True)
    number = models.PositiveIntegerField(null=True)
    admitted_until = models.DateTimeField(null=True)
    used_key = models.CharField(max_length=80, blank=True, default="")
    used_at = models.DateTimeField(null=True)
    used_for = models.CharField(max_length=64, blank=True, default="", db_default="")
    used_phone = models.CharField(max_length=64, blank=True, default="", db_default="")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["drop", "visitor"], name="place_once_a_browser"),
            models.UniqueConstraint(fields=["drop", "person"], name="place_once_a_person"),
            models.UniqueConstraint(fields=["drop", "number"], name="place_number_once"),
            models.UniqueConstraint(
                fields=["drop", "used_for"], condition=~Q(used_for=""), name="place_one_an_address"
            ),
            models.UniqueConstraint(
                fields=["drop", "used_phone"], condition=~Q(used_phone=""), name="place_one_a_phone"
            ),
            models.CheckConstraint(
                condition=Q(admitted_until=None) | Q(number__isnull=False),
                name="place_admitted_in_turn",
            ),
            models.CheckConstraint(
                condition=Q(used_key="", used_at=None)
                | Q(~Q(used_key=""), used_at__isnull=False, admitted_until__isnull=False),
                name="place_used_when_let_in",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["drop", "admitted_until"],
                name="place_open",
                condition=Q(used_key="", admitted_until__isnull=False),
            ),
        ]
