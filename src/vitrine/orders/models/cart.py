"""What somebody means to buy, and what a returning buyer need not type again."""

import hashlib
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.catalog.models import Variant
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Keep what a person means to buy",
    retention="30 days after the last change",
    subject="person",
    PERSONAL="person touched_at",
    SECRET="token",  # noqa: S106
    SYSTEM="id home_cell",
)
class Cart(models.Model):
    """What somebody means to buy: a person's, or a guest's by the token in their session."""

    home_cell = HomeCellField()
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    token = models.CharField(max_length=64, unique=True)
    touched_at = models.DateTimeField()


@datamap.declare(
    purpose="Keep what a person means to buy",
    retention="with the cart",
    subject="cart__person",
    PERSONAL="variant quantity clip met_at",
    SYSTEM="id home_cell cart",
)
class CartLine(models.Model):
    """One variant in a cart. clip, met_at: on which clip it was met last, and when."""

    home_cell = HomeCellField()
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, models.SET_NULL, null=True, related_name="+")
    met_at = models.DateTimeField(null=True)
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=99), name="cart_quantity_sane"
            ),
        ]


@datamap.declare(
    purpose="Fill in a returning buyer's address; show ads that are meant for their region",
    retention="until removed by the person",
    subject="person",
    PERSONAL="name line1 line2 city region postcode phone used_at first_at",
    SYSTEM="id home_cell person",
)
class Address(models.Model):
    """Where a person has things sent. The country is the cell's.

    first_at: since when it is filled in first, whatever was used last; of one address at most.
    """

    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    line1 = models.CharField(max_length=120)
    line2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=10)
    phone = models.CharField(max_length=30, blank=True)
    used_at = models.DateTimeField()
    first_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                name="address_one_first",
                condition=Q(first_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person", "name", "line1", "line2", "city", "region", "postcode", "phone"],
                name="address_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.line1}, {self.city}"

    @property
    def mark(self) -> str:
        """Name it on its person's pages; nobody else finds anything by it."""
        return hashlib.sha256(f"{self._meta.label} {self.pk}".encode()).hexdigest()[:16]


@datamap.declare(
    purpose="Pay again without typing",
    retention="until removed by the person",
    subject="person",
    SENSITIVE="provider reference label used_at",
    SYSTEM="id home_cell person",
)
class PaymentMethod(models.Model):
    """A reference to a card that the provider keeps for a person. Never a card number."""

    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    label = models.CharField(max_length=60)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "provider", "reference"], name="payment_method_once"
            ),
        ]
