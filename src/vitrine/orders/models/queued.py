"""Hand-overs that a counter made without a network, and told later."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class QueuedHandoverQuerySet(models.QuerySet["QueuedHandover"]):
    """Which hand-overs."""

    def in_conflict(self) -> Self:
        """Those that could not be taken, and that nobody has settled yet."""
        return self.filter(settled_at=None).exclude(trouble="")


@datamap.declare(
    purpose="Take each hand-over of a counter once, and settle what contradicts another",
    retention="as the law demands of accounts",
    subject="by",
    MONEY="public_id key trouble handed_at told_at settled_at settled_by",
    PERSONAL="by",
    SYSTEM="id home_cell merchant order",
)
class QueuedHandover(models.Model):
    """One hand-over as a device told it. key: made on the device, one effect each.

    handed_at: by the device's clock. trouble: why it was not taken, in English; empty: it was.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="queued_handovers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField()
    told_at = models.DateTimeField()
    trouble = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = QueuedHandoverQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(trouble="")),
                name="queued_settled_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["merchant"],
                name="queued_in_conflict",
                condition=Q(settled_at=None) & ~Q(trouble=""),
            ),
        ]

    @property
    def is_taken(self) -> bool:
        """Tell whether the order counts as handed over by this."""
        return self.trouble == ""

    @property
    def why(self) -> str:
        """Say why it was not taken, in the language of the page."""
        return gettext(self.trouble) if self.trouble else ""
