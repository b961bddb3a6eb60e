"""How an order is handed over, and its story."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts.models import Person
from vitrine.catalog.models import Location
from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Hand over an order",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="public_id carrier tracking shipped_at ready_at collect_by_at reminded_at collected_at "
    "by",
    SYSTEM="id home_cell order location",
)
class Fulfilment(models.Model):
    """A parcel, or a collection in a store, of an order. collect_by_at: until when it waits."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    order = models.OneToOneField(Order, models.PROTECT, related_name="fulfilment")
    location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    shipped_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    collect_by_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["collect_by_at"],
                name="fulfilment_waiting",
                condition=models.Q(collected_at=None, collect_by_at__isnull=False),
            ),
        ]


HANDED_OVER = ["shipped", "collected"]
"""Kinds of events after which the buyer has the goods, or soon will."""
LABELS = {
    "placed": gettext_noop("Order placed"),
    "ready": gettext_noop("Ready to collect"),
    "shipped": gettext_noop("On its way"),
    "parcel_sent": gettext_noop("Another parcel is on its way"),
    "parcel_corrected": gettext_noop("The number of a parcel was put right"),
    "collected": gettext_noop("Collected"),
    "cancelled": gettext_noop("Cancelled"),
    "unclaimed": gettext_noop("Not collected in time, so cancelled"),
    "return_asked": gettext_noop("Asked to send something back"),
    "withdrawn": gettext_noop("Withdrew: everything is sent back"),
    "return_approved": gettext_noop("The return is approved"),
    "return_refused": gettext_noop("The return is refused"),
    "return_received": gettext_noop("The return has arrived"),
    "part_refunded": gettext_noop("A part was given back"),
    "refunded": gettext_noop("Refunded"),
    "capture_refused": gettext_noop("The bank refused to pay"),
    "void_refused": gettext_noop("The bank did not let the money go"),
    "refund_refused": gettext_noop("The bank refused the refund"),
    "refund_stranded": gettext_noop("The refund came back and is paid in another way"),
    "disputed": gettext_noop("The buyer’s bank disputes the payment"),
    "dispute_won": gettext_noop("The dispute was won"),
    "dispute_lost": gettext_noop("The dispute was lost"),
}
"""Every kind of event, in words."""

EXPLAINED = frozenset({"cancelled", "refunded", "part_refunded"})
"""Kinds whose note is a reason that the buyer reads, on the order and in the letter."""


@datamap.declare(
    purpose="Tell the story of an order",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="kind note at by",
    SYSTEM="id home_cell order",
)
class OrderEvent(models.Model):
    """One line of an order's timeline."""

    home_cell = HomeCellField()
    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["at"], name="event_handed_over", condition=Q(kind__in=HANDED_OVER)
            ),
        ]

    @property
    def label(self) -> str:
        """Return what happened, in words, in the language of the page."""
        return gettext(LABELS.get(self.kind, self.kind))

    @property
    def reason(self) -> str:
        """Return why, as the buyer reads it; "" where its note is not for them."""
        return self.note if self.kind in EXPLAINED else ""

    @classmethod
    def record(
        cls, order: Order, kind: str, *, at: datetime, by: Person | None = None, note: str = ""
    ) -> None:
        """Add a line to an order's timeline. Queries: 1."""
        cls.objects.create(order=order, kind=kind, note=note, by=by, at=at)
