"""Purchases: one group per charge, an order per merchant and hand-over, lines frozen as sold."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import DeliveryOption, Location, Merchant
from vitrine.kernel import ids
from vitrine.orders.models.addressee import PERSONAL, addressee
from vitrine.orders.models.promotion import Promotion
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class GroupState(models.TextChoices):
    """Where a purchase is."""

    HELD = "held"  # stock is held, payment not yet known to be good
    PLACED = "placed"
    FAILED = "failed"  # declined, expired or given up; the stock is free again


class OrderGroupQuerySet(models.QuerySet["OrderGroup"]):
    """Which purchases, and how much of them."""

    def with_orders(self) -> Self:
        """Purchases with everything a buyer's page shows of their orders. Queries: 5 or 6 more.

        Orders stay in the order in which they were bought, whatever becomes of them.
        """
        return self.select_related("payment").prefetch_related(
            models.Prefetch("orders", Order.objects.with_places()),
            "orders__lines__variant__product__pictures",
            "orders__taxes",
            "orders__events",
            "orders__fulfilment",
        )

    def with_aftermath(self) -> Self:
        """Purchases with what came after each order, too: parcels, returns, bills. Queries: 5 more.

        And 1 for each further thing that there is any of.
        """
        return self.with_orders().prefetch_related(
            "orders__bills",
            "orders__moves",
            "orders__shipments__lines__line",
            "orders__shipments__scans",
            "orders__returns__lines__line",
            "orders__returns__lines__instead",
            "orders__returns__sent_instead__group",
            "orders__returns__refund__move",
        )


@datamap.declare(
    purpose="Carry out a purchase",
    retention="as the law demands of accounts",
    subject="buyer",
    MONEY="public_id key digest currency goods_minor delivery_minor discount_minor tax_minor "
    "total_minor state failure created_at placed_at expires_at",
    PERSONAL="buyer email name line1 line2 city region postcode phone",
    SECRET="link_token",  # noqa: S106
    SYSTEM="id home_cell promotion_on_goods promotion_on_delivery",
)
class OrderGroup(models.Model):
    """One purchase: one charge, an order per hand-over. key: one effect per attempt (M2).

    discount_minor: all that came off goods and delivery, whoever bears it. promotion_on_goods,
    promotion_on_delivery: the platform's that counted; None: none did, or it was sold before that
    was kept.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    digest = models.BinaryField(max_length=32)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    link_token = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=80)
    line1 = models.CharField(max_length=120, blank=True)
    line2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0, db_default=0)
    promotion_on_goods = models.ForeignKey(
        Promotion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    promotion_on_delivery = models.ForeignKey(
        Promotion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=GroupState.choices, default=GroupState.HELD)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = OrderGroupQuerySet.as_manager()

    written_orders: "Sequence[Order]" = ()
    """Its orders, where it was written just now: whoever wrote it need not read them."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(goods_minor__gte=0, delivery_minor__gte=0, tax_minor__gte=0)
                & Q(total_minor__gte=0),
                name="group_total_positive",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "failed"], placed_at=None)
                | Q(state="placed", placed_at__isnull=False),
                name="group_state",
            ),
            models.CheckConstraint(
                condition=Q(promotion_on_goods=None, promotion_on_delivery=None)
                | Q(discount_minor__gt=0),
                name="group_promoted",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["buyer", "-placed_at"],
                name="group_placed_by_buyer",
                condition=Q(placed_at__isnull=False),
            ),
            models.Index(fields=["expires_at"], name="group_held", condition=Q(state="held")),
            models.Index(
                fields=["promotion_on_goods"],
                name="group_promoted_goods",
                condition=Q(promotion_on_goods__isnull=False),
            ),
            models.Index(
                fields=["promotion_on_delivery"],
                name="group_promoted_delivery",
                condition=Q(promotion_on_delivery__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the buyer's page; who is not the buyer needs the link token too."""
        return f"/o/{self.public_id}"

    @property
    def why_failed(self) -> str:
        """Say why it failed, in the language of the page: whoever ended it may read another."""
        return gettext(self.failure) if self.failure else ""


@datamap.declare(
    purpose="Carry out a purchase",
    retention="as the law demands of accounts",
    subject="group__buyer",
    PERSONAL="name line1 line2 city region postcode phone",
    SYSTEM="id home_cell public_id group",
)
class Destination(models.Model):
    """Another place to which some of a purchase goes than its own. Frozen as chosen."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    group = models.ForeignKey(OrderGroup, models.PROTECT, related_name="destinations")
    name = models.CharField(max_length=80)
    line1 = models.CharField(max_length=120)
    line2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=10)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.line1}, {self.city}"


PAID = F("goods_minor") + F("delivery_minor") - F("discount_minor") - F("discount_platform_minor")
"""What is paid for an order's goods and delivery."""


class OrderState(models.TextChoices):
    """Where an order is. It begins when the group is placed."""

    HELD = "held", gettext_lazy("Held")
    PLACED = "placed", gettext_lazy("Placed")
    READY = "ready", gettext_lazy("Ready")  # to be collected
    SHIPPED = "shipped", gettext_lazy("Shipped")
    COLLECTED = "collected", gettext_lazy("Collected")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    REFUNDED = "refunded", gettext_lazy("Refunded")
    FAILED = "failed", gettext_lazy("Failed")


class OrderQuerySet(models.QuerySet["Order"]):
    """Which orders."""

    def bought_by(self, person: Person) -> Self:
        """A person's placed orders."""
        return self.filter(group__buyer=person, placed_at__isnull=False)

    def sold_by(self, merchant: Merchant) -> Self:
        """A merchant's placed orders."""
        return self.filter(merchant=merchant, placed_at__isnull=False)

    def with_places(self) -> Self:
        """Orders with who sells them, where they are collected and where they go, as bought."""
        return self.select_related("merchant", "pickup_location", "destination").order_by("pk")

    def addressed(self, *, at: datetime) -> Self:
        """Orders as their merchant reads them: with ``addressee``, and the purchase without it."""
        read = self.select_related("group").defer(*(f"group__{name}" for name in PERSONAL))
        return read.annotate(addressee=addressee(at=at))


@datamap.declare(
    purpose="Carry out a merchant's part of a purchase",
    retention="as the law demands of accounts",
    subject="group__buyer",
    MONEY="public_id goods_minor delivery_minor discount_minor discount_platform_minor tax_minor "
    "total_minor stored_minor fee_minor tax_included delivery_name returns_text "
    "arrives_from_on arrives_until_on returns_days state "
    "placed_at withheld_until",
    SENSITIVE="charge_reference",
    SECRET="pickup_code_digest",  # noqa: S106
    SYSTEM="id home_cell group merchant delivery_option pickup_location destination",
)
class Order(models.Model):
    """What one merchant hands over at once of a purchase. Money is in the group's currency, frozen.

    destination: where it goes, if not where the purchase goes. arrives_from_on, arrives_until_on:
    where it goes; of a collection, at its store, where it did not lie there.

    tax_minor: all tax, inside the prices if tax_included, else on top; by authority in OrderTax.
    discount_minor, discount_platform_minor: what came off goods and delivery, borne by the merchant
    and by the platform. fee_minor: the platform's share of goods as paid, without tax.
    stored_minor: what of its total gift cards and store credit pay.
    placed_at: copied from the group.
    charge_reference: the provider's name for the order's own authorisation, where it has one.
    returns_days: after hand-over, as returns_text says it. None: sold before that was kept.
    withheld_until: its merchant is not told whom it is for, and cannot ship it. None: it is told.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    group = models.ForeignKey(
        OrderGroup, models.PROTECT, related_name="orders", db_index=False
    )  # found by order_per_handover
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    delivery_option = models.ForeignKey(DeliveryOption, models.PROTECT, null=True, related_name="+")
    delivery_name = models.CharField(max_length=60)
    returns_text = models.CharField(max_length=400, blank=True, default="", db_default="")
    pickup_location = models.ForeignKey(
        Location, models.PROTECT, null=True, related_name="+", db_index=False
    )
    destination = models.ForeignKey(
        Destination, models.PROTECT, null=True, related_name="orders", db_index=False
    )
    pickup_code_digest = models.BinaryField(max_length=32, null=True)
    goods_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0, db_default=0)
    discount_platform_minor = models.BigIntegerField(default=0, db_default=0)
    tax_minor = models.BigIntegerField()
    tax_included = models.BooleanField()
    total_minor = models.BigIntegerField()
    stored_minor = models.BigIntegerField(default=0, db_default=0)
    fee_minor = models.BigIntegerField()
    arrives_from_on = models.DateField(null=True)
    arrives_until_on = models.DateField(null=True)
    returns_days = models.PositiveSmallIntegerField(null=True)
    charge_reference = models.CharField(max_length=100, blank=True, db_default="")
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.HELD)
    placed_at = models.DateTimeField(null=True)
    withheld_until = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    addressee: dict[str, str]
    """Whom it is for: of those that come ``addressed``."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "merchant", "delivery_option", "pickup_location", "destination"],
                name="order_per_handover",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(tax_included=True, total_minor=PAID)
                | Q(tax_included=False, total_minor=PAID + F("tax_minor")),
                name="order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(goods_minor__gte=0, delivery_minor__gte=0, tax_minor__gte=0)
                & Q(discount_minor__gte=0, discount_platform_minor__gte=0, total_minor__gte=0),
                name="order_positive",
            ),
            models.CheckConstraint(
                condition=Q(stored_minor__gte=0, stored_minor__lte=F("total_minor")),
                name="order_stored",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "failed"], placed_at=None)
                | Q(
                    state__in=["placed", "ready", "shipped", "collected", "cancelled", "refunded"],
                    placed_at__isnull=False,
                ),
                name="order_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["merchant", "-placed_at"],
                name="order_placed_by_merchant",
                condition=Q(placed_at__isnull=False),
            ),
            models.Index(
                fields=["merchant", "-placed_at"],
                name="order_open_by_merchant",
                condition=Q(state__in=["placed", "ready"]),
            ),
            models.Index(
                fields=["pickup_location"],
                name="order_collected",
                condition=Q(pickup_location__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def off_minor(self) -> int:
        """Return all that came off it, whoever bears it."""
        return self.discount_minor + self.discount_platform_minor

    @property
    def asked_minor(self) -> int:
        """Return what the payment provider is asked for."""
        return self.total_minor - self.stored_minor

    @property
    def goes_to(self) -> OrderGroup | Destination:
        """Return what has the name and the address of whoever gets it."""
        return self.destination or self.group

    @property
    def is_pickup(self) -> bool:
        """Tell whether the buyer collects it in a store."""
        return self.pickup_location_id is not None

    @property
    def called(self) -> str:
        """Return what its merchant calls it: whom it is for, or its number while that is secret."""
        return self.addressee["name"] or self.public_id[-6:]

    def is_withheld(self, *, at: datetime) -> bool:
        """Tell whether its merchant may not know yet whom it is for."""
        return self.withheld_until is not None and self.withheld_until > at

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits to be handed over, and so may be cancelled."""
        return self.state in (OrderState.PLACED, OrderState.READY)
