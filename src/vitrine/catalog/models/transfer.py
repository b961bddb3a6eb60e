"""Goods on their way from one place of a merchant to another."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from vitrine.catalog.models.merchant import Merchant
from vitrine.catalog.models.product import Variant
from vitrine.catalog.models.stock import Location
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class TransferState(models.TextChoices):
    """Where a transfer is. Its units are in neither place while it is sent."""

    DRAFT = "draft", gettext_lazy("Being packed")
    SENT = "sent", gettext_lazy("On its way")
    RECEIVED = "received", gettext_lazy("Received")
    CANCELLED = "cancelled", gettext_lazy("Called off")


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Which transfers."""

    def open(self) -> Self:
        """Transfers that wait for somebody: to be sent, or to be received."""
        return self.filter(state__in=[TransferState.DRAFT, TransferState.SENT])


@datamap.declare(
    purpose="Bring goods where they are sold",
    retention="with its movements",
    subject="made_by",
    BUSINESS="public_id key state note expected_on made_at sent_at ended_at",
    PERSONAL="made_by",
    SYSTEM="id home_cell merchant origin destination",
)
class Transfer(models.Model):
    """Goods that go from one place of a merchant to another. key: of the form that made it."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=60, unique=True)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    origin = models.ForeignKey(Location, models.PROTECT, related_name="+")
    destination = models.ForeignKey(Location, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=TransferState.choices, default=TransferState.DRAFT
    )
    note = models.CharField(max_length=200, blank=True)
    expected_on = models.DateField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(origin=F("destination")), name="transfer_goes_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sent_at=None, ended_at=None)
                | Q(state="sent", sent_at__isnull=False, ended_at=None)
                | Q(state="received", sent_at__isnull=False, ended_at__isnull=False)
                | Q(state="cancelled", ended_at__isnull=False),
                name="transfer_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["merchant"],
                name="transfer_open",
                condition=Q(state__in=["draft", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.destination}"


@datamap.declare(
    purpose="Bring goods where they are sold",
    retention="with its movements",
    BUSINESS="quantity received promised",
    SYSTEM="id home_cell transfer variant",
)
class TransferLine(models.Model):
    """So many of a variant. received: what came in, once somebody has counted it.

    promised: to buyers who collect it where it goes, while it is on its way; a trigger makes that
    reserved there once it is received.
    """

    home_cell = HomeCellField()
    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True)
    promised = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "variant"], name="transfer_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_of_something"),
            models.CheckConstraint(
                condition=Q(promised__lte=F("quantity")), name="transfer_promised_once"
            ),
        ]

    @property
    def difference(self) -> int:
        """How many more came in than were sent; negative: how many are missing."""
        return 0 if self.received is None else self.received - self.quantity
