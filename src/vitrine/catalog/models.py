"""Merchants and what they sell."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


class MerchantQuerySet(models.QuerySet["Merchant"]):
    """Which merchants."""

    def with_member(self, person: Person, *roles: str) -> Self:
        """Merchants where a person is a member, in one of the roles if any are named.

        An owner may do everything.
        """
        members = Membership.objects.filter(person=person)
        if roles:
            members = members.filter(role__in=[*roles, Role.OWNER])
        return self.filter(pk__in=members.values("merchant"))


@datamap.declare(
    purpose="Sell",
    retention="while trading, then as the law demands of accounts",
    LOCAL_PUBLIC="public_id slug name about currency returns_policy opened_at",
    SYSTEM="id home_cell",
)
class Merchant(models.Model):
    """A seller of any kind: from warehouses, from stores, or from a kitchen table."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3)
    returns_policy = models.CharField(
        max_length=200, default="Return within 30 days for a full refund."
    )
    opened_at = models.DateTimeField()

    objects = MerchantQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member of a merchant may do."""

    OWNER = "owner", "Owner"
    CATALOGUE = "catalogue", "Catalogue"
    ORDERS = "orders", "Orders"
    COUNTER = "counter", "Counter"
    FINANCE = "finance", "Finance"


@datamap.declare(
    purpose="Say who may act for a merchant",
    retention="while a member",
    subject="person",
    PERSONAL="person role since_at",
    SYSTEM="id home_cell merchant",
)
class Membership(models.Model):
    """A person acts for a merchant, in one role."""

    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    since_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "person", "role"], name="role_once"),
        ]


class ProductQuerySet(models.QuerySet["Product"]):
    """Which products."""

    def on_sale(self) -> Self:
        """Products that anybody may see and buy."""
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def sold_by(self, merchant: Merchant) -> Self:
        """A merchant's products, drafts included."""
        return self.filter(merchant=merchant)


@datamap.declare(
    purpose="Show what is sold",
    retention="while sold, then with the orders that name it",
    LOCAL_PUBLIC="public_id source_id slug title description brand category option_names "
    "published_at withdrawn_at created_at",
    SYSTEM="id home_cell merchant",
)
class Product(models.Model):
    """A thing for sale, in one or more variants. source_id: the merchant's own id, for imports.

    description: HTML that was cleaned on the way in. published_at None: a draft.
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
    option_names = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=3)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "source_id"], name="product_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the product page's URL."""
        return f"/p/{self.public_id}-{self.slug}"


@datamap.declare(
    purpose="Price and pack one choice of a product",
    retention="with the product",
    LOCAL_PUBLIC="public_id sku option_values price_minor compare_at_minor barcode weight_g "
    "position withdrawn_at",
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
        ]

    def __str__(self) -> str:
        return " / ".join(self.option_values) or self.sku


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


class LocationKind(models.TextChoices):
    """Where stock is held."""

    WAREHOUSE = "warehouse", "Warehouse"
    STORE = "store", "Store"


@datamap.declare(
    purpose="Hold stock; let people collect",
    retention="while in use",
    LOCAL_PUBLIC="public_id kind name street city region postcode opening_hours closed_at",
    SYSTEM="id home_cell merchant",
)
class Location(models.Model):
    """A warehouse, or a store where people can collect. region: state or province code."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="locations")
    kind = models.CharField(max_length=10, choices=LocationKind.choices)
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=10)
    opening_hours = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name"], name="location_once"),
        ]

    def __str__(self) -> str:
        return self.name


@datamap.declare(
    purpose="Know what can be sold",
    retention="while sold",
    BUSINESS="on_hand reserved",
    SYSTEM="id home_cell variant location",
)
class Stock(models.Model):
    """How many of a variant are at a location. Available is on_hand − reserved. S1 is a CHECK."""

    home_cell = HomeCellField()
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="stock")
    location = models.ForeignKey(Location, models.PROTECT, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "location"], name="stock_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")),
                name="stock_never_oversold",
            ),
        ]


class MovementReason(models.TextChoices):
    """Why on_hand changed."""

    RECEIVED = "received", "Received"
    SOLD = "sold", "Sold"
    RETURNED = "returned", "Returned"
    ADJUSTED = "adjusted", "Adjusted"


@datamap.declare(
    purpose="Explain every unit of stock",
    retention="7 years",
    BUSINESS="reason quantity key note by at",
    SYSTEM="id home_cell stock",
)
class StockMovement(models.Model):
    """One change of on_hand, signed; added and never changed. Their sum is on_hand (S1)."""

    home_cell = HomeCellField()
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements")
    reason = models.CharField(max_length=10, choices=MovementReason.choices)
    quantity = models.IntegerField()
    key = models.CharField(max_length=120, unique=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


@datamap.declare(
    purpose="Quote delivery",
    retention="while offered",
    LOCAL_PUBLIC="public_id name price_minor free_from_minor days_from days_until withdrawn_at",
    SYSTEM="id home_cell merchant",
)
class DeliveryOption(models.Model):
    """One way that a merchant delivers. days: working days from order to door, from–until."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="delivery_options")
    name = models.CharField(max_length=60)
    price_minor = models.BigIntegerField()
    free_from_minor = models.BigIntegerField(null=True, blank=True)
    days_from = models.PositiveSmallIntegerField(default=2)
    days_until = models.PositiveSmallIntegerField(default=5)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name"], name="delivery_option_once"),
        ]


@datamap.declare(
    purpose="Let a clip's products be bought",
    retention="with the clip",
    subject="clip__creator",
    LOCAL_PUBLIC="public_id product from_ms until_ms",
    SYSTEM="id home_cell clip",
)
class Tag(models.Model):
    """A product attached to a clip, from a moment to a moment."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="tags")
    from_ms = models.PositiveIntegerField(default=0)
    until_ms = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "product"], name="tag_once"),
            models.CheckConstraint(
                condition=Q(from_ms__lt=F("until_ms")), name="tag_span_not_empty"
            ),
        ]


@datamap.declare(
    purpose="Tell a merchant what an import did",
    retention="90 days",
    subject="by",
    BUSINESS="public_id filename format started_at finished_at products variants unchanged refused",
    SYSTEM="id home_cell merchant by",
)
class ImportReport(models.Model):
    """One run of an import."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200)
    format = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    products = models.PositiveIntegerField(default=0)
    variants = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)


@datamap.declare(
    purpose="Say what was wrong, where and what to do",
    retention="90 days",
    BUSINESS="row item column severity message",
    SYSTEM="id home_cell report",
)
class ImportRemark(models.Model):
    """One remark about one row of an import."""

    home_cell = HomeCellField()
    report = models.ForeignKey(ImportReport, models.CASCADE, related_name="remarks")
    row = models.PositiveIntegerField()
    item = models.CharField(max_length=255, blank=True)
    column = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=8)
    message = models.CharField(max_length=400)
