"""Labels that are bought for parcels, where the operator has a label service."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.kernel import ids
from vitrine.orders.models.shipment import Shipment
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class LabelState(models.TextChoices):
    """Where a label is. Buying: the service was asked, and has not answered yet."""

    QUOTED = "quoted"
    BUYING = "buying"
    BOUGHT = "bought"


class LabelQuerySet(models.QuerySet["Label"]):
    """Which labels."""

    def silent(self, *, asked_before: datetime) -> Self:
        """Those that nobody knows of whether they were bought."""
        return self.filter(state=LabelState.BUYING, asked_at__lt=asked_before)


@datamap.declare(
    purpose="Send a parcel with a label that was bought",
    retention="as the law demands of accounts",
    subject="shipment__order__group__buyer",
    MONEY="public_id state weight_g length_cm width_cm height_cm reference rates rate carrier "
    "amount_minor currency url trouble asked_at bought_at by",
    SYSTEM="id home_cell shipment",
)
class Label(models.Model):
    """A parcel's label. reference: the label service's name for the parcel.

    rates: what was offered last. rate: which of them is bought. trouble: why it was refused.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    shipment = models.OneToOneField(Shipment, models.PROTECT, related_name="label")
    state = models.CharField(max_length=8, choices=LabelState.choices, default=LabelState.QUOTED)
    weight_g = models.PositiveIntegerField()
    length_cm = models.PositiveSmallIntegerField()
    width_cm = models.PositiveSmallIntegerField()
    height_cm = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=80, blank=True)
    rates = models.JSONField(default=list)
    rate = models.CharField(max_length=80, blank=True)
    carrier = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    url = models.CharField(max_length=300, blank=True)
    trouble = models.CharField(max_length=250, blank=True)
    asked_at = models.DateTimeField()
    bought_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = LabelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"], name="label_once", condition=~Q(reference="")
            ),
            models.CheckConstraint(
                condition=Q(state="quoted", bought_at=None)
                | (Q(state="buying", bought_at=None) & ~Q(reference="") & ~Q(rate=""))
                | (Q(state="bought", bought_at__isnull=False) & ~Q(url="")),
                name="label_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="label_buying", condition=Q(state="buying")),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
