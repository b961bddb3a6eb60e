"""Where stock is held, how much, and why it changed."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
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
    LOCAL_PUBLIC="public_id kind name street city region postcode opening_hours closed_at "
    "weekly_hours special_days keeps_holidays time_zone ready_minutes pickup_days "
    "latitude longitude",
    BUSINESS="ships priority",
    SYSTEM="id home_cell merchant",
)
class Location(models.Model):
    """A warehouse, or a store where people can collect. region: state or province code.

    opening_hours: in the merchant's words. weekly_hours, special_days: what
    ``catalog/opening_hours.py`` reads; None: not told. time_zone: empty for the cell's.
    ready_minutes: of opening time, until a pick-up is ready. pickup_days: how long it waits then.
    ships: parcels may leave from here. priority: the lower, the sooner.
    """

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
    weekly_hours = models.JSONField(null=True, blank=True)
    special_days = models.JSONField(null=True, blank=True)
    keeps_holidays = models.BooleanField(default=True, db_default=True)
    time_zone = models.CharField(max_length=40, blank=True, default="", db_default="")
    ready_minutes = models.PositiveSmallIntegerField(default=120, db_default=120)
    pickup_days = models.PositiveSmallIntegerField(default=7, db_default=7)
    ships = models.BooleanField(default=True, db_default=True)
    priority = models.PositiveSmallIntegerField(default=5, db_default=5)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name"], name="location_once"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="location_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(pickup_days__range=(1, 60)), name="location_pickup_days"
            ),
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


class StockQuerySet(models.QuerySet["Stock"]):
    """Which stock."""

    def low(self) -> Self:
        """Shelves of what is on sale where few are available, by their own figure or the shop's."""
        few = Coalesce("low_at", "location__merchant__low_at")
        return self.filter(
            on_hand__lte=F("reserved") + few,
            location__closed_at=None,
            variant__withdrawn_at=None,
            variant__product__published_at__isnull=False,
            variant__product__withdrawn_at=None,
        )


@datamap.declare(
    purpose="Know what can be sold",
    retention="with its movements",
    BUSINESS="on_hand reserved low_at",
    SYSTEM="id home_cell variant location",
)
class Stock(models.Model):
    """How many of a variant are at a location. Available is on_hand − reserved. S1 is a CHECK.

    low_at: so few available are few here; None: as the merchant says for all.
    """

    home_cell = HomeCellField()
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="stock")
    location = models.ForeignKey(Location, models.PROTECT, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    low_at = models.PositiveIntegerField(null=True)

    objects = StockQuerySet.as_manager()

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
    COUNTED = "counted", gettext_lazy("Counted")
    DAMAGED = "damaged", gettext_lazy("Damaged")
    LOST = "lost", gettext_lazy("Lost or stolen")
    FOUND = "found", gettext_lazy("Found again")
    CORRECTED = "corrected", gettext_lazy("A mistake put right")
    SENT_BACK = "sent_back", gettext_lazy("Sent back to the supplier")
    SAMPLE = "sample", gettext_lazy("Given to a creator to show")
    MOVED_OUT = "moved_out", gettext_lazy("Sent to another place")
    MOVED_IN = "moved_in", gettext_lazy("Came from another place")


ADJUSTMENTS = (
    MovementReason.COUNTED,
    MovementReason.DAMAGED,
    MovementReason.LOST,
    MovementReason.FOUND,
    MovementReason.CORRECTED,
    MovementReason.SENT_BACK,
    MovementReason.RECEIVED,
)
"""What a person may give as the reason of a new figure."""
JUDGED = (*ADJUSTMENTS[:-2], MovementReason.ADJUSTED)
"""Reasons by which somebody judged what lies there: two of them about one shelf contradict."""
BETWEEN_PLACES = (MovementReason.MOVED_OUT, MovementReason.MOVED_IN)


@datamap.declare(
    purpose="Explain every unit of stock",
    retention="as the law demands of accounts",
    subject="by",
    BUSINESS="reason quantity key note at",
    PERSONAL="by",
    SYSTEM="id home_cell stock transfer_line",
)
class StockMovement(models.Model):
    """One change of on_hand, signed; added and never changed. Their sum is on_hand (S1).

    transfer_line: of which transfer it is a step; those between places sum to zero once it ended.
    """

    home_cell = HomeCellField()
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements")
    reason = models.CharField(max_length=10, choices=MovementReason.choices)
    quantity = models.IntegerField()
    key = models.CharField(max_length=120, unique=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    transfer_line = models.ForeignKey(
        "TransferLine", models.PROTECT, null=True, related_name="movements", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reason__in=["moved_out", "moved_in"]) | Q(transfer_line__isnull=False),
                name="movement_between_places",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["transfer_line", "reason"],
                name="movement_of_transfer",
                condition=Q(transfer_line__isnull=False),
            ),
        ]


@datamap.declare(
    purpose="Tell once that something runs low",
    retention="while few are left",
    BUSINESS="since_at",
    SYSTEM="id home_cell stock",
)
class LowStock(models.Model):
    """A shelf that was found low, and its people were told. Gone once there are more again."""

    home_cell = HomeCellField()
    stock = models.OneToOneField(Stock, models.CASCADE, related_name="+")
    since_at = models.DateTimeField()
