"""Stock that is held for a line of an order, and how that ends (S2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.catalog.models import Stock, TransferLine
from vitrine.orders.models.order_line import OrderLine
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class ReservationState(models.TextChoices):
    """How a reservation is, or how it ended (S2)."""

    HELD = "held"  # for a checkout, until it expires
    BOUGHT = "bought"  # paid for, still on the shelf
    SOLD = "sold"  # handed over, gone from the shelf
    RELEASED = "released"
    EXPIRED = "expired"


@datamap.declare(
    purpose="Hold stock for a checkout",
    retention="as the law demands of accounts",
    subject="line__order__group__buyer",
    BUSINESS="quantity gone state expires_at ended_at",
    SYSTEM="id home_cell line stock transfer_line",
)
class Reservation(models.Model):
    """Stock held for one line at one location, until sold, released or expired.

    Stock.reserved is the sum of what is held and bought (S1). transfer_line: what is promised of
    goods on their way there, and until they are received counts in its ``promised`` instead.
    gone: units that left in parcels before the others, and are reserved no more. One that ends
    sold with none of them left at once and whole.
    """

    home_cell = HomeCellField()
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="reservations")
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="+")
    transfer_line = models.ForeignKey(
        TransferLine, models.PROTECT, null=True, related_name="+", db_index=False
    )
    quantity = models.PositiveSmallIntegerField()
    gone = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.CharField(
        max_length=8, choices=ReservationState.choices, default=ReservationState.HELD
    )
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, gone__lte=F("quantity"))
                & (Q(gone=0) | Q(state__in=["bought", "sold"])),
                name="reservation_of_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "bought"], ended_at=None)
                | Q(state__in=["sold", "released", "expired"], ended_at__isnull=False),
                name="reservation_ends_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["transfer_line"],
                name="reservation_on_its_way",
                condition=Q(transfer_line__isnull=False),
            ),
            models.Index(
                fields=["expires_at"], name="reservation_running", condition=Q(state="held")
            ),
        ]

    @property
    def held_units(self) -> int:
        """Return how many are still reserved, while it has not ended."""
        return self.quantity - self.gone

    @property
    def left_units(self) -> int:
        """Return how many have left the shelf."""
        whole = self.state == ReservationState.SOLD and not self.gone
        return self.quantity if whole else self.gone
