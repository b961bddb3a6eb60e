"""The parcels of an order: what is in each, where it leaves from, and what its carrier has told."""

from collections import Counter
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Location, Merchant
from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.orders.models.order_line import OrderLine
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    """Which parcels."""

    def sold_by(self, merchant: Merchant) -> Self:
        """Those of a merchant's orders."""
        return self.filter(order__merchant=merchant)

    def packed(self) -> Self:
        """Those that have not left."""
        return self.filter(sent_at=None)


@datamap.declare(
    purpose="Send an order in parcels",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="public_id carrier tracking packed_at sent_at by",
    SYSTEM="id home_cell order location",
)
class Shipment(models.Model):
    """One parcel. sent_at: the merchant's mark, or the first scan; None: packed only."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    packed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.public_id)

    @classmethod
    def left_of(cls, order: Order) -> dict[int, int]:
        """Return how many units of each line are in no parcel yet. Queries: 2."""
        packed = ShipmentLine.objects.filter(line__order=order).values_list("line")
        gone = dict(packed.annotate(units=Sum("quantity")).values_list("line", "units"))
        lines = order.lines.order_by("pk").values_list("pk", "quantity")
        return {pk: quantity - gone.get(pk, 0) for pk, quantity in lines}

    @classmethod
    def sent_of(cls, order: Order) -> dict[int, int] | None:
        """Return how many units of each line have left; None: it has no parcels. Queries: 1."""
        rows = ShipmentLine.objects.filter(shipment__order=order).values_list(
            "line", "quantity", "shipment__sent_at"
        )
        units: Counter[int] = Counter()
        for line, quantity, sent_at in rows:
            units[line] += quantity if sent_at is not None else 0
        return dict(units) if units else None

    @classmethod
    def pack(
        cls,
        order: Order,
        units: dict[int, int],
        *,
        location: Location | None = None,
        carrier: str = "",
        tracking: str = "",
        by: Person | None,
        at: datetime,
    ) -> "Shipment":
        """Write a parcel of so many units of lines. Queries: 2."""
        made = cls.objects.create(
            order=order, location=location, carrier=carrier, tracking=tracking, packed_at=at, by=by
        )
        ShipmentLine.objects.bulk_create(
            ShipmentLine(shipment=made, line_id=line, quantity=quantity)
            for line, quantity in units.items()
            if quantity
        )
        return made

    @classmethod
    def send_all(
        cls, order: Order, *, carrier: str, tracking: str, by: Person | None, at: datetime
    ) -> None:
        """Send every parcel of an order that is packed, and the rest as one more. Queries: 3 to 5.

        One that holds everything, and whose money a bank refused, travels as it is told now.
        """
        packed, left = cls.objects.packed().filter(order=order), cls.left_of(order)
        if not any(left.values()) and order.shipments.count() == 1:
            packed.update(carrier=carrier, tracking=tracking)
        packed.update(sent_at=at)
        if any(left.values()):
            rest = cls.pack(order, left, carrier=carrier, tracking=tracking, by=by, at=at)
            cls.objects.filter(pk=rest.pk).update(sent_at=at)


@datamap.declare(
    purpose="Say what is in a parcel",
    retention="as the law demands of accounts",
    subject="shipment__order__group__buyer",
    MONEY="quantity",
    SYSTEM="id home_cell shipment line",
)
class ShipmentLine(models.Model):
    """Units of a line in a parcel."""

    home_cell = HomeCellField()
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_of_something"),
        ]


class ScanKind(models.TextChoices):
    """Where a carrier saw a parcel."""

    TAKEN = "taken", gettext_lazy("Taken by the carrier")
    ON_THE_WAY = "moving", gettext_lazy("On the way")
    OUT = "out", gettext_lazy("Out for delivery")
    DELIVERED = "delivered", gettext_lazy("Delivered")
    HELD_UP = "held_up", gettext_lazy("Held up")


@datamap.declare(
    purpose="Tell where a parcel is",
    retention="as the law demands of accounts",
    subject="shipment__order__group__buyer",
    MONEY="kind place at",
    SYSTEM="id home_cell shipment",
)
class Scan(models.Model):
    """One line of a parcel's tracking. The first one means that it has left."""

    home_cell = HomeCellField()
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="scans")
    kind = models.CharField(max_length=10, choices=ScanKind.choices)
    place = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
