"""What people would like to have: a heart on a product, and word when a choice is back."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from vitrine.accounts.models import Person
from vitrine.catalog.models.product import Product, Variant
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Keep what a person would like to have",
    retention="until taken back",
    subject="person",
    PERSONAL="public_id person product at",
    SYSTEM="id home_cell",
)
class Wish(models.Model):
    """A product on somebody's wish list."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "product"], name="wish_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at", "-public_id"], name="wish_newest"),
        ]

    @classmethod
    def put(cls, product: Product, *, by: Person, at: datetime) -> None:
        """Put a product on the list; again is no error. Queries: 1."""
        Wish.objects.bulk_create([Wish(product=product, person=by, at=at)], ignore_conflicts=True)

    @classmethod
    def take_back(cls, product: Product, *, by: Person) -> None:
        """Take it off the list, and its alerts; again is no error. Queries: 1."""
        cls.objects.filter(product=product, person=by).delete()


@datamap.declare(
    purpose="Tell a person once that a choice is back in stock",
    retention="until told or taken back",
    subject="person",
    PERSONAL="person variant at",
    SYSTEM="id home_cell",
)
class StockAlert(models.Model):
    """Somebody waits for a choice that is sold out. Telling them removes the row."""

    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "person"], name="stock_alert_once"),
        ]

    @classmethod
    def put(cls, variant: Variant, *, by: Person, at: datetime) -> None:
        """Wait for a choice; again is no error. Queries: 1."""
        StockAlert.objects.bulk_create(
            [StockAlert(variant=variant, person=by, at=at)], ignore_conflicts=True
        )

    @classmethod
    def take_back(cls, variant: Variant, *, by: Person) -> None:
        """Wait no more; again is no error. Queries: 1."""
        cls.objects.filter(variant=variant, person=by).delete()
