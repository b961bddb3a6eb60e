"""Goods that a buyer sends back: what, why, and what became of it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant, Variant
from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.orders.models.order_line import OrderLine
from vitrine.orders.models.refund import Refund
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class ReturnReason(models.TextChoices):
    """Why something is sent back."""

    BROKEN = "broken", gettext_lazy("It is broken or does not work")
    WRONG = "wrong", gettext_lazy("It is not what I ordered")
    DIFFERENT = "different", gettext_lazy("It is not as it was described")
    FIT = "fit", gettext_lazy("It does not fit")
    CHANGED = "changed", gettext_lazy("I changed my mind")


FAULTS = (ReturnReason.BROKEN, ReturnReason.WRONG, ReturnReason.DIFFERENT)
"""Reasons that count whatever the shop's terms say: the seller did not keep its part."""


class ReturnState(models.TextChoices):
    """Where a return is."""

    ASKED = "asked", gettext_lazy("Asked for")
    APPROVED = "approved", gettext_lazy("To be sent back")
    REFUSED = "refused", gettext_lazy("Refused")
    RECEIVED = "received", gettext_lazy("Arrived at the shop")
    SETTLED = "settled", gettext_lazy("Settled")


OPEN = (ReturnState.ASKED, ReturnState.APPROVED, ReturnState.RECEIVED)


class ReturnCredit(models.TextChoices):
    """As what store credit a buyer may want a refund. None of them: back to how it was paid."""

    SHOP = "shop", gettext_lazy("Credit to spend at this shop")
    ALL = "all", gettext_lazy("Credit to spend at every shop here")


class ReturnQuerySet(models.QuerySet["Return"]):
    """Which returns."""

    def open(self) -> Self:
        """Those with which somebody still has to do something."""
        return self.filter(state__in=OPEN)

    def sold_by(self, merchant: Merchant) -> Self:
        """Those of a merchant's orders."""
        return self.filter(order__merchant=merchant)

    def reopen(self) -> None:
        """Have shops settle again what was settled, since its buyers got nothing. Queries: 1."""
        self.filter(state=ReturnState.SETTLED).update(
            state=ReturnState.RECEIVED, refund=None, settled_at=None, settled_by=None
        )


@datamap.declare(
    purpose="Take goods back",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="public_id key state credit is_withdrawal reason asked_at answered_at answered_by "
    "received_at received_by settled_at settled_by",
    COMMS="words answer",
    SYSTEM="id home_cell order refund sent_instead",
)
class Return(models.Model):
    """Goods of one order on their way back. key: one effect per press.

    words: the buyer's. answer: the shop's. credit: the buyer wants that instead of the money.
    is_withdrawal: the buyer needs no reason and asks nobody. refund: what was given back for it.
    sent_instead: the order that brings what the buyer wants for it, where nothing is given back.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="returns")
    state = models.CharField(max_length=8, choices=ReturnState.choices, default=ReturnState.ASKED)
    credit = models.CharField(
        max_length=4, choices=ReturnCredit.choices, blank=True, default="", db_default=""
    )
    is_withdrawal = models.BooleanField(default=False)
    reason = models.CharField(max_length=10, choices=ReturnReason.choices)
    words = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="return_of")
    sent_instead = models.OneToOneField(Order, models.PROTECT, null=True, related_name="instead_of")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=ReturnState.values)
                & (Q(state="asked", answered_at=None) | ~Q(state="asked"))
                & (Q(state="settled", settled_at__isnull=False) | ~Q(state="settled")),
                name="return_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], name="return_open", condition=Q(state__in=[*OPEN])),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something with it."""
        return self.state in OPEN

    @property
    def is_exchange(self) -> bool:
        """Tell whether the buyer wants something else for it. It comes with its lines."""
        return any(one.instead_id is not None for one in self.lines.all())


@datamap.declare(
    purpose="Say which goods are taken back",
    retention="as the law demands of accounts",
    subject="of__order__group__buyer",
    MONEY="quantity came restocked",
    SYSTEM="id home_cell of line instead",
)
class ReturnLine(models.Model):
    """Units of a line that are sent back. instead: what the buyer wants for them.

    came: how many arrived; restocked: how many of them lie on the shelf again. None: not looked at.
    """

    home_cell = HomeCellField()
    of = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="return_lines")
    quantity = models.PositiveSmallIntegerField()
    instead = models.ForeignKey(Variant, models.PROTECT, null=True, related_name="+")
    came = models.PositiveSmallIntegerField(null=True)
    restocked = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "line"], name="return_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                & (
                    Q(came=None, restocked=None)
                    | Q(came__lte=models.F("quantity"), restocked__lte=models.F("came"))
                ),
                name="return_line_of_something",
            ),
        ]
