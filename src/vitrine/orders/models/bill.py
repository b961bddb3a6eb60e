"""Invoices and credit notes: numbered for each merchant without a gap, and never changed."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.orders.models.refund import Refund
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class BillKind(models.TextChoices):
    """What a bill is. Each kind is numbered by itself."""

    INVOICE = "invoice", gettext_lazy("Invoice")
    CREDIT = "credit", gettext_lazy("Credit note")


@datamap.declare(
    purpose="Number bills without a gap",
    retention="as the law demands of accounts",
    MONEY="kind last",
    SYSTEM="id home_cell merchant",
)
class BillCount(models.Model):
    """The last number of a merchant's bills of one kind. Whoever allots one holds the row."""

    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=BillKind.choices)
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "kind"], name="bill_count_once"),
        ]


class BillQuerySet(models.QuerySet["Bill"]):
    """Which bills."""

    def issued_by(self, merchant: Merchant) -> Self:
        """Those of a merchant."""
        return self.filter(merchant=merchant)

    def whole(self) -> Self:
        """Bills with all that their page shows. Queries: 5 more."""
        read = self.select_related("order__group__payment", "order__merchant", "refund__move")
        return read.prefetch_related("order__lines", "order__taxes", "refund__lines__line")


@datamap.declare(
    purpose="Bill what was sold and what was given back, as the law demands",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="public_id kind number issued_at",
    BUSINESS="seller_name seller_address seller_numbers",
    SYSTEM="id home_cell merchant order refund",
)
class Bill(models.Model):
    """An order's invoice, or the credit note of a refund. Its figures are those rows, frozen.

    seller: as the merchant was when it was issued. numbers: its tax and business numbers.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=BillKind.choices)
    number = models.PositiveIntegerField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="bills")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="bill")
    seller_name = models.CharField(max_length=160)
    seller_address = models.CharField(max_length=300, blank=True)
    seller_numbers = models.CharField(max_length=300, blank=True)
    issued_at = models.DateTimeField()

    objects = BillQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "kind", "number"], name="bill_number_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="invoice"), name="invoice_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", refund=None) | Q(kind="credit", refund__isnull=False),
                name="bill_kind",
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="bill_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def label(self) -> str:
        """Return its number as it is printed."""
        return f"{self.number:05d}" if self.kind == BillKind.INVOICE else f"C{self.number:05d}"
