"""What buyer and seller write to each other about an order."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from vitrine.accounts.models import Person, Suspension
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Side(models.TextChoices):
    """Who wrote."""

    BUYER = "buyer", gettext_lazy("Buyer")
    SELLER = "seller", gettext_lazy("Seller")


class MessageQuerySet(models.QuerySet["Message"]):
    """Which messages."""

    def read_by(self, side: Side) -> Self:
        """Messages that one side reads: its own, and the other's unless the cell holds them."""
        return self.filter(Q(side=side) | Q(withheld_at=None))

    def unread_by_seller(self, merchant: Merchant) -> Self:
        """Buyers' messages that nobody of a shop has read."""
        return self.filter(
            order__merchant=merchant, side=Side.BUYER, read_at=None, withheld_at=None
        )


@datamap.declare(
    purpose="Let buyer and seller talk about an order",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    COMMS="text",
    PERSONAL="public_id author side at read_at withheld_at",
    SYSTEM="id home_cell order",
)
class Message(models.Model):
    """One message of an order's thread; it is not changed. author None: a guest with the link.

    read_at: by the other side. withheld_at: the other side does not read it.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    side = models.CharField(max_length=6, choices=Side.choices)
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    withheld_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["order", "at"], name="message_in_thread"),
            models.Index(
                fields=["order"], name="message_unread", condition=Q(side="buyer", read_at=None)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="message_side_known"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the thread, as the buyer reads it."""
        return f"{self.order.group.get_absolute_url()}/{self.order.public_id}/messages"

    @classmethod
    def write(
        cls,
        order: Order,
        text: str,
        *,
        side: Side,
        by: Person | None,
        at: datetime,
        is_withheld: bool,
    ) -> "Message":
        """Write to the other side, who is told and mailed by a job. Raises: PostingSuspended."""
        if by is not None:
            Suspension.refuse(by, at=at)
        with transaction.atomic():
            said = cls.objects.create(
                order=order, author=by, side=side, text=text, at=at,
                withheld_at=at if is_withheld else None,
            )  # fmt: skip
            if not is_withheld:
                said._tell_later()
            return said

    def _tell_later(self) -> None:
        app.configure_task("vitrine.orders.tasks.send_message", queue="mail").defer(
            message_id=self.pk
        )

    @classmethod
    def read(cls, order: Order, *, by: Side, at: datetime) -> None:
        """Note that a side has read what the other wrote. Queries: 1."""
        cls.objects.filter(order=order, read_at=None).exclude(side=by).update(read_at=at)

    def withhold(self, *, at: datetime) -> None:
        """Show it to nobody but who wrote it; again is no error. Queries: 1."""
        Message.objects.filter(pk=self.pk, withheld_at=None).update(withheld_at=at)

    def let_out(self, *, at: datetime) -> None:
        """Show it to the other side, who is told; again is no error. Queries: 2."""
        with transaction.atomic():
            hidden = Message.objects.filter(pk=self.pk, withheld_at__isnull=False)
            if hidden.update(withheld_at=None):
                self._tell_later()
