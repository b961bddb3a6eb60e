"""When a sale's money may be paid out, what is kept back of it, and the tax on the fee."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from vitrine.kernel import ids
from vitrine.ledger.accounts import Payee
from vitrine.orders.models.order import Order
from vitrine.orders.models.payment import PaymentMove
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Owe the tax on the platform’s fee",
    retention="as the law demands of accounts",
    MONEY="authority name amount_minor",
    SYSTEM="id home_cell order",
)
class FeeTax(models.Model):
    """What a merchant pays one authority on the platform's fee for an order, as it was sold."""

    home_cell = HomeCellField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="fee_taxes")
    authority = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "authority"], name="fee_tax_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="fee_tax_of_something"),
        ]


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Which releases."""

    def waiting(self) -> Self:
        """Those whose return window is not over, or that no worker came to yet."""
        return self.filter(released_at=None)


@datamap.declare(
    purpose="Pay out a sale only once it can no longer be returned",
    retention="as the law demands of accounts",
    MONEY="public_id key currency due_at amount_minor released_at",
    SYSTEM="id home_cell move",
)
class Release(models.Model):
    """The money of one capture, which becomes available when the return window is over.

    Planned with the sale, so that the window is the one that was agreed then. amount: what became
    available or was kept back, of all payees together; less than the sale where it was refunded.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    move = models.OneToOneField(PaymentMove, models.PROTECT, related_name="release")
    key = models.CharField(max_length=100, unique=True)
    currency = models.CharField(max_length=3)
    due_at = models.DateTimeField()
    amount_minor = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(released_at=None, amount_minor=None)
                | Q(released_at__isnull=False, amount_minor__gte=0),
                name="release_of_what_is_left",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="release_waiting", condition=Q(released_at=None)),
        ]


class HoldbackQuerySet(models.QuerySet["Holdback"]):
    """Which holdbacks."""

    def held(self) -> Self:
        """Those that are still kept back."""
        return self.filter(freed_at=None)

    def of(self, payee: Payee) -> Self:
        """A payee's."""
        return self.filter(payee_kind=payee.kind, payee_id=payee.public_id)


@datamap.declare(
    purpose="Keep a share of sales back for a time, against refunds and disputes",
    retention="as the law demands of accounts",
    MONEY="public_id payee_kind payee_id currency amount_minor until_at freed_at",
    SYSTEM="id home_cell release",
)
class Holdback(models.Model):
    """What is kept back of one release for one payee: a rolling reserve is the sum of these."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    release = models.ForeignKey(Release, models.PROTECT, related_name="holdbacks")
    payee_kind = models.CharField(max_length=10)
    payee_id = models.CharField(max_length=ids.LENGTH)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    until_at = models.DateTimeField()
    freed_at = models.DateTimeField(null=True)

    objects = HoldbackQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "payee_kind", "payee_id"], name="holdback_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="holdback_of_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until_at"], name="holdback_held", condition=Q(freed_at=None)),
            models.Index(
                fields=["payee_kind", "payee_id", "until_at"],
                name="holdback_held_of",
                condition=Q(freed_at=None),
            ),
        ]

    @property
    def payee(self) -> Payee:
        """Return whose it is."""
        return Payee(self.payee_kind, self.payee_id)
