"""Where stock is held, how much, and why it changed."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from vitrine.catalog.models.merchant import Merchant
from vitrine.catalog.models.product import Variant
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class LocationQuerySet(models.QuerySet["Location"]):
    """Which locations."""

    def open(self) -> Self:
        """Locations that hold and give out stock."""
        return self.filter(closed_at=None)


class LocationKind(models.TextChoices):
    """Where stock is held."""

    WAREHOUSE = "warehouse", gettext_lazy("Warehouse")
    STORE = "store", gettext_lazy("Store")


@datamap.declare(
    purpose="Hold stock; let people collect",
    retention="while in use",
    LOCAL_PUBLIC="public_id kind name street city region postcode opening_hours closed_at",
    SYSTEM="id home_cell merchant",
)
class Location(models.Model):
    """A warehouse, or a store where people can collect. region: state or province code."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="locations")
    kind = models.CharField(max_length=10, choices=LocationKind.choices)
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=10)
    opening_hours = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name"], name="location_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def close(self, *, at: datetime) -> None:
        """Let nothing more be sold from here; what lies here stays counted. Queries: 1."""
        Location.objects.filter(pk=self.pk, closed_at=None).update(closed_at=at)
        self.closed_at = self.closed_at or at

    def reopen(self) -> None:
        """Sell from here again. Queries: 1."""
        Location.objects.filter(pk=self.pk).update(closed_at=None)
        self.closed_at = None


@datamap.declare(
    purpose="Know what can be sold",
    retention="with its movements",
    BUSINESS="on_hand reserved",
    SYSTEM="id home_cell variant location",
)
class Stock(models.Model):
    """How many of a variant are at a location. Available is on_hand − reserved. S1 is a CHECK."""

    home_cell = HomeCellField()
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="stock")
    location = models.ForeignKey(Location, models.PROTECT, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "location"], name="stock_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")),
                name="stock_never_oversold",
            ),
        ]

    @property
    def available(self) -> int:
        """How many can still be promised."""
        return self.on_hand - self.reserved


class MovementReason(models.TextChoices):
    """Why on_hand changed."""

    RECEIVED = "received", gettext_lazy("Received")
    SOLD = "sold", gettext_lazy("Sold")
    RETURNED = "returned", gettext_lazy("Returned")
    ADJUSTED = "adjusted", gettext_lazy("Adjusted")


@datamap.declare(
    purpose="Explain every unit of stock",
    retention="as the law demands of accounts",
    subject="by",
    BUSINESS="reason quantity key note at",
    PERSONAL="by",
    SYSTEM="id home_cell stock",
)
class StockMovement(models.Model):
    """One change of on_hand, signed; added and never changed. Their sum is on_hand (S1)."""

    home_cell = HomeCellField()
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements")
    reason = models.CharField(max_length=10, choices=MovementReason.choices)
    quantity = models.IntegerField()
    key = models.CharField(max_length=120, unique=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
