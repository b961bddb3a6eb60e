"""What a merchant shows together: chosen by hand in an order, or by a rule."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Case, F, QuerySet, When

from vitrine.catalog.models.category import Category
from vitrine.catalog.models.merchant import Merchant
from vitrine.catalog.models.pricing import priced_at
from vitrine.catalog.models.product import Product
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Show what a merchant puts together",
    retention="while in use",
    LOCAL_PUBLIC="public_id slug title about is_ruled brand price_from_minor price_until_minor "
    "created_at",
    SYSTEM="id home_cell merchant category",
)
class Collection(models.Model):
    """Goods of one merchant under a title.

    is_ruled: all that fit the rule (category and what is below it, brand, price), and nothing else;
    otherwise those that were chosen, in their order.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="collections")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=300, blank=True)
    is_ruled = models.BooleanField(default=False)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, related_name="+")
    brand = models.CharField(max_length=80, blank=True)
    price_from_minor = models.BigIntegerField(null=True)
    price_until_minor = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "title"], name="collection_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the collection's page."""
        return f"/shop/{self.merchant.slug}/{self.public_id}"

    def move(self, product_id: str, *, out: bool = False) -> None:
        """Show a product before all others, or take it out. Queries: 2."""
        item = self.items.filter(product__public_id=product_id).first()
        if item is None:
            return
        if out:
            item.delete()
            return
        self.items.update(position=Case(When(pk=item.pk, then=0), default=F("position") + 1))

    def products(self, *, at: datetime) -> "QuerySet[Product]":
        """Return its products on sale, in their order; by a rule, the newest first."""
        rows = Product.objects.on_sale().filter(merchant=self.merchant_id)
        if not self.is_ruled:
            return rows.filter(in_collections__collection=self).order_by(
                "in_collections__position", "in_collections__pk"
            )
        if self.category_id:
            below = Category.objects.filter(line__contains=[self.category_id])
            rows = rows.filter(listed_in__in=below)
        if self.brand:
            rows = rows.filter(brand__iexact=self.brand)
        priced = rows.alias(price_now=priced_at(at))
        bounds = {
            "price_now__gte": self.price_from_minor,
            "price_now__lte": self.price_until_minor,
        }
        named = {name: bound for name, bound in bounds.items() if bound is not None}
        return priced.filter(**named).order_by("-pk")


@datamap.declare(
    purpose="Keep the order in which a merchant shows goods",
    retention="while in use",
    LOCAL_PUBLIC="position",
    SYSTEM="id home_cell collection product",
)
class CollectionItem(models.Model):
    """A product that was put into a collection by hand."""

    home_cell = HomeCellField()
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, models.CASCADE, related_name="in_collections")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "product"], name="collected_once"),
        ]
