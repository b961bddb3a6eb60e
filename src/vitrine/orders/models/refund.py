"""What was given back of an order: the sums of each refund and the goods that it was for."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.orders.models.order_line import OrderLine
from vitrine.orders.models.payment import MoveState, PaymentMove
from vitrine.orders.models.purse import Purse
from vitrine.orders.refund_sums import Sums
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class RefundKind(models.TextChoices):
    """What money is given back for."""

    WHOLE = "whole", gettext_lazy("Everything that was left of the order")
    RETURN = "return", gettext_lazy("Returned goods")
    LINES = "lines", gettext_lazy("Goods that the buyer does not send back")
    GOODWILL = "goodwill", gettext_lazy("A part of the price")


class RefundQuerySet(models.QuerySet["Refund"]):
    """Which refunds."""

    def of(self, order: Order) -> Self:
        """Those of an order that the bank did not refuse, with their lines. Queries: 2."""
        mine = self.filter(move__order=order).exclude(move__state=MoveState.REFUSED)
        return mine.select_related("move").prefetch_related("lines").order_by("pk")

    def done(self) -> Self:
        """Those whose money has left."""
        return self.filter(move__state=MoveState.DONE)


@datamap.declare(
    purpose="Say what a refund is made of",
    retention="as the law demands of accounts",
    subject="move__order__group__buyer",
    MONEY="public_id key kind amount_minor delivery_minor fee_minor made_good_minor taxes "
    "fee_taxes",
    SYSTEM="id home_cell move purse",
)
class Refund(models.Model):
    """What one move gives back, frozen as it was worked out. key: one effect per press.

    amount: to the buyer, of which delivery is for the delivery. fee, fee_taxes, made_good: what
    goes back between merchant and platform. taxes: by authority, whoever hands them on.
    purse: the credit that the buyer wanted it as; None: back to what it was paid with.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    move = models.OneToOneField(PaymentMove, models.PROTECT, related_name="refund")
    purse = models.ForeignKey(Purse, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=RefundKind.choices)
    amount_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    made_good_minor = models.BigIntegerField()
    taxes = models.JSONField(default=dict)
    fee_taxes = models.JSONField(default=dict)

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, delivery_minor__gte=0, fee_minor__gte=0)
                & Q(made_good_minor__gte=0)
                & (Q(amount_minor__gt=0) | Q(made_good_minor__gt=0)),
                name="refund_of_something",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def sums(self) -> Sums:
        """Return its sums, for arithmetic."""
        return Sums(
            self.amount_minor,
            self.fee_minor,
            self.made_good_minor,
            self.taxes,
            self.fee_taxes,
        )


@datamap.declare(
    purpose="Say which goods a refund is for",
    retention="as the law demands of accounts",
    subject="refund__move__order__group__buyer",
    MONEY="quantity amount_minor",
    SYSTEM="id home_cell refund line",
)
class RefundLine(models.Model):
    """Units of a line that a refund is for. amount: what they came to when they were sold."""

    home_cell = HomeCellField()
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, amount_minor__gte=0), name="refund_line_of_something"
            ),
        ]
