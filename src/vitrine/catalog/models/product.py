"""Products, their variants and pictures."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, NullIf

from vitrine.catalog import pictures, tax_codes
from vitrine.catalog.models.merchant import Merchant
from vitrine.catalog.pricing import Pricing
from vitrine.catalog.tax_codes import TaxCode
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


class NothingToSell(Refusal):
    """The product has no variant that can be bought."""

    code = "nothing_to_sell"
    message = "Add a variant with a price first; then the product can go on sale."


class ProductBarred(Refusal):
    """The cell's moderators took the product off sale."""

    code = "product_barred"
    message = (
        "This product was taken off sale by moderators. The owner's statements, under their "
        "account, say why and how to appeal."
    )


class ProductQuerySet(models.QuerySet["Product"]):
    """Which products."""

    def on_sale(self) -> Self:
        """Products that anybody may see and buy."""
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def kept(self) -> Self:
        """Products that their merchant has not taken off sale, though others may have."""
        waiting = Q(held_at__isnull=False) | Q(shut_at__isnull=False)
        return self.filter(Q(withdrawn_at=None) | waiting)

    def sold_by(self, merchant: Merchant) -> Self:
        """A merchant's products, drafts included."""
        return self.filter(merchant=merchant)


@datamap.declare(
    purpose="Show what is sold",
    retention="while sold, then with the orders that name it",
    LOCAL_PUBLIC="public_id source_id slug title description brand category option_names "
    "tax_code published_at withdrawn_at barred_at held_at shut_at created_at drop_until "
    "compare_is_recommended",
    SYSTEM="id home_cell merchant listed_in video",
)
class Product(models.Model):
    """A thing for sale, in one or more variants. source_id: the merchant's own id, for imports.

    description: HTML that was cleaned on the way in. published_at None: a draft. category: as its
    merchant calls it; listed_in: its place in the cell's tree. compare_is_recommended: what its
    variants are compared with is the maker's recommended price, and never was charged here.
    barred_at: moderators took it off sale, and its merchant cannot put it back. held_at: not they
    but a filter did, until one of them has read its words. shut_at: it waits for its merchant, who
    may not sell (yet); a trigger writes it and lets go of it. drop_until: until then it is sold to
    those alone whose turn it is (orders.Drop).
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="products")
    source_id = models.CharField(max_length=255)
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=200, blank=True)
    listed_in = models.ForeignKey(
        "catalog.Category", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    video = models.ForeignKey(Clip, models.SET_NULL, null=True, blank=True, related_name="+")
    compare_is_recommended = models.BooleanField(default=False, db_default=False)
    tax_code = models.CharField(
        max_length=10,
        choices=tax_codes.CHOICES,
        default=TaxCode.GENERAL.value,
        db_default=TaxCode.GENERAL.value,
    )
    option_names = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=3)
    drop_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    barred_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    shut_at = models.DateTimeField(null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "source_id"], name="product_once"),
            # Whatever puts a product back on sale, an import or an edit, meets this.
            models.CheckConstraint(
                condition=Q(barred_at=None) | Q(withdrawn_at__isnull=False),
                name="product_barred_is_off_sale",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(barred_at__isnull=False),
                name="product_held_is_barred",
            ),
            models.CheckConstraint(
                condition=Q(shut_at=None)
                | Q(withdrawn_at=F("shut_at"), withdrawn_at__isnull=False),
                name="product_shut_is_off_sale",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-created_at"], name="product_by_merchant"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the product page's URL."""
        return f"/p/{self.public_id}-{self.slug}"

    @property
    def is_on_sale(self) -> bool:
        """Tell whether anybody may see and buy it."""
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_waiting(self) -> bool:
        """Tell whether its merchant wants it on sale, and a moderator or reviewer has to look."""
        if self.published_at is None or self.withdrawn_at is None:
            return False
        return self.shut_at is not None or bool(
            self.held_at and self.withdrawn_at == self.barred_at
        )

    @transaction.atomic
    def publish(self, *, at: datetime) -> None:
        """Put it on sale, or back on sale. Raises: NothingToSell, ProductBarred. Queries: 2.

        The guard is in the write: only a product with a variant that can be bought changes. One
        that is held, or whose merchant is shut, is on sale as soon as it is let out.
        Locks: the merchant's row first, as whoever shuts it does.
        """
        merchant = Merchant.objects.select_for_update(no_key=True).get(pk=self.merchant_id)
        sellable = Variant.objects.filter(product=self.pk, withdrawn_at=None)
        allowed = Q(barred_at=None) | Q(held_at__isnull=False)
        changed = Product.objects.filter(models.Exists(sellable), allowed, pk=self.pk).update(
            published_at=Coalesce("published_at", at), withdrawn_at=F("barred_at")
        )
        if not changed:
            if Product.objects.filter(pk=self.pk, barred_at__isnull=False).exists():
                raise ProductBarred
            raise NothingToSell
        self.published_at = self.published_at or at
        self.shut_at = None if self.barred_at else merchant.shut_at
        self.withdrawn_at = self.barred_at or self.shut_at

    def withdraw(self, *, at: datetime) -> None:
        """Take it off sale, or no more let it wait for that; orders keep it. Queries: 1."""
        shown = Q(withdrawn_at=None) | Q(held_at__isnull=False, withdrawn_at=F("barred_at"))
        shown |= Q(shut_at__isnull=False)
        if Product.objects.filter(shown, pk=self.pk).update(withdrawn_at=at, shut_at=None):
            self.withdrawn_at, self.shut_at = at, None

    def bar(self, *, at: datetime) -> None:
        """Take it off sale so that its merchant cannot put it back. Queries: 1."""
        Product.objects.filter(pk=self.pk).update(
            barred_at=Coalesce("barred_at", at),
            withdrawn_at=Coalesce("withdrawn_at", at),
            held_at=None,
        )

    def hold(self, *, at: datetime) -> None:
        """Keep it from sale until moderators have read it; one that is barred stays so."""
        free = Product.objects.filter(pk=self.pk, barred_at=None)
        if free.update(barred_at=at, held_at=at, withdrawn_at=Coalesce("withdrawn_at", at)):
            self.barred_at, self.held_at = at, at
            self.withdrawn_at = self.withdrawn_at or at

    def unbar(self) -> None:
        """Let it be sold again: as it was, if it was on sale when it was barred. Queries: 1."""
        before = NullIf("withdrawn_at", "barred_at")
        Product.objects.filter(pk=self.pk, barred_at__isnull=False).update(
            barred_at=None, held_at=None, withdrawn_at=before
        )


@datamap.declare(
    purpose="Price and pack one choice of a product",
    retention="with the product",
    LOCAL_PUBLIC="public_id sku option_values price_minor compare_at_minor barcode weight_g "
    "position withdrawn_at sale_minor sale_from sale_until next_minor next_from",
    SYSTEM="id home_cell product merchant",
)
class Variant(models.Model):
    """One choice of a product, with its price in minor units of the merchant's currency."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    sku = models.CharField(max_length=100)
    option_values = ArrayField(models.CharField(max_length=80), default=list, blank=True, size=3)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True, blank=True)
    sale_minor = models.BigIntegerField(null=True, blank=True)
    sale_from = models.DateTimeField(null=True, blank=True)
    sale_until = models.DateTimeField(null=True, blank=True)
    next_minor = models.BigIntegerField(null=True, blank=True)
    next_from = models.DateTimeField(null=True, blank=True)
    barcode = models.CharField(max_length=50, blank=True)
    weight_g = models.PositiveIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "sku"], name="sku_once"),
            models.UniqueConstraint(
                fields=["product", "option_values"],
                name="options_once",
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=(Q(sale_minor=None) | Q(sale_minor__gte=0))
                & (Q(next_minor=None) | Q(next_minor__gte=0)),
                name="price_to_come_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(next_minor=None, next_from=None)
                | Q(next_minor__isnull=False, next_from__isnull=False),
                name="price_to_come_has_its_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_from"], name="price_to_come", condition=Q(next_from__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return " / ".join(self.option_values) or self.sku

    @property
    def pricing(self) -> Pricing:
        """Its price, its sale and its price to come."""
        return Pricing(
            self.price_minor,
            self.sale_minor,
            self.sale_from,
            self.sale_until,
            self.next_minor,
            self.next_from,
        )

    def price_at(self, at: datetime) -> int:
        """Return what it costs at a moment: the one price that is shown and charged."""
        return self.pricing.at(at)


@datamap.declare(
    purpose="Show what a product looks like",
    retention="with the product",
    LOCAL_PUBLIC="key source_url width height alt position",
    SYSTEM="id home_cell product variant",
)
class Picture(models.Model):
    """A product picture: WebP in several widths under ``<key>/<width>.webp``."""

    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    variant = models.ForeignKey(Variant, models.SET_NULL, null=True, related_name="pictures")
    key = models.CharField(max_length=200)
    source_url = models.CharField(max_length=1000, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.alt or self.key

    @property
    def name(self) -> str:
        """The picture's own id, the last part of its key."""
        return self.key.rpartition("/")[2]

    @property
    def thumb(self) -> str:
        """URL for lists, 160 wide."""
        return self._url(pictures.WIDTHS[0])

    @property
    def src(self) -> str:
        """URL for cards and sheets, 480 wide."""
        return self._url(pictures.WIDTHS[1])

    @property
    def large(self) -> str:
        """URL for the product page, 960 wide."""
        return self._url(pictures.WIDTHS[2])

    @property
    def srcset(self) -> str:
        """All widths, for an ``img`` that lets the browser choose."""
        return ", ".join(
            f"{self._url(width)} {min(width, self.width)}w" for width in pictures.WIDTHS
        )

    def _url(self, width: int) -> str:
        return f"/{pictures.file_key(self.key, width)}"
