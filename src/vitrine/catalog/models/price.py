"""What a variant cost, and when: prices are facts that are added, and never changed."""

from typing import ClassVar

from django.db import models

from vitrine.catalog.models.product import Variant
from vitrine.catalog.pricing import Fact, Pricing
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Show that a price before a sale was really charged",
    retention="with the product",
    LOCAL_PUBLIC="price_minor sale_minor sale_from sale_until next_minor next_from at",
    SYSTEM="id home_cell variant",
)
class PriceFact(models.Model):
    """The price of a variant as it was written at a moment, until the next fact says otherwise.

    The database writes it (migration 0014) for whoever changes a variant, and lets nobody change
    it. sale_minor: what it costs from sale_from until sale_until.
    """

    home_cell = HomeCellField()
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="price_facts")
    price_minor = models.BigIntegerField()
    sale_minor = models.BigIntegerField(null=True)
    sale_from = models.DateTimeField(null=True)
    sale_until = models.DateTimeField(null=True)
    next_minor = models.BigIntegerField(null=True)
    next_from = models.DateTimeField(null=True)
    at = models.DateTimeField()

    @property
    def fact(self) -> Fact:
        """It as pure rules read it."""
        return Fact(
            Pricing(
                self.price_minor,
                self.sale_minor,
                self.sale_from,
                self.sale_until,
                self.next_minor,
                self.next_from,
            ),
            self.at,
        )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["variant", "-at"], name="price_fact_by_variant"),
        ]
