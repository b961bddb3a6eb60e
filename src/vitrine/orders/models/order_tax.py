"""What an order owes each authority."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext

from vitrine.orders.models.order import Order
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Owe each authority its tax",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="authority name amount_minor platform_liable",
    SYSTEM="id home_cell order",
)
class OrderTax(models.Model):
    """What an order owes one authority, goods and delivery together; their sum is tax_minor.

    platform_liable: the platform hands it on, else the merchant. None: sold before that was kept,
    when the platform handed all of it on.
    """

    home_cell = HomeCellField()
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="taxes", db_index=False
    )  # found by order_tax_once
    authority = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    platform_liable = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "authority"], name="order_tax_once"),
        ]

    @property
    def label(self) -> str:
        """Return the tax's name in the language of the page."""
        return gettext(self.name)
