"""What was bought: the lines of an order, frozen as sold."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.catalog.models import Variant
from vitrine.orders.models.order import Order
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Say what was bought, at what price",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="title options sku quantity unit_minor goods_minor discount_minor "
    "discount_platform_minor tax_minor taxes platform_liable clip met_at",
    SYSTEM="id home_cell order variant",
)
class OrderLine(models.Model):
    """One variant of an order, frozen as sold. clip: where the buyer met it, met_at: when.

    met_at None: bought right there.

    platform_liable: the platform hands on a tax of it; None as in OrderTax.
    taxes: its tax_minor by authority. None: sold before that was kept.
    """

    home_cell = HomeCellField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    clip = models.ForeignKey(Clip, models.SET_NULL, null=True, related_name="+", db_index=False)
    met_at = models.DateTimeField(null=True)
    title = models.CharField(max_length=200)
    options = models.CharField(max_length=250, blank=True)
    sku = models.CharField(max_length=100)
    quantity = models.PositiveSmallIntegerField()
    unit_minor = models.BigIntegerField()
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0, db_default=0)
    discount_platform_minor = models.BigIntegerField(default=0, db_default=0)
    tax_minor = models.BigIntegerField()
    taxes = models.JSONField(null=True)
    platform_liable = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    unit_minor__gte=0,
                    tax_minor__gte=0,
                    goods_minor=F("unit_minor") * F("quantity"),
                ),
                name="line_is_price_times_quantity",
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_minor__gte=0,
                    discount_platform_minor__gte=0,
                    discount_minor__lte=F("goods_minor") - F("discount_platform_minor"),
                ),
                name="line_costs_something_or_nothing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["clip"], name="line_met", condition=Q(clip__isnull=False)),
        ]

    @property
    def paid_minor(self) -> int:
        """Return what was paid for it after discounts, with tax inside where prices have it."""
        return self.goods_minor - self.discount_minor - self.discount_platform_minor
