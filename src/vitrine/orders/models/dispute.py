"""Buyers who asked their bank for their money back."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from vitrine.kernel import ids
from vitrine.orders.models.order import Order
from vitrine.orders.models.payment import Payment
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class DisputeState(models.TextChoices):
    """Where a dispute is, in the words of the card networks."""

    NEEDS_RESPONSE = "needs_response", gettext_lazy("Needs an answer")
    UNDER_REVIEW = "under_review", gettext_lazy("Under review")
    WON = "won", gettext_lazy("Won")
    LOST = "lost", gettext_lazy("Lost")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Which disputes."""

    def unanswered(self) -> Self:
        """Those that a shop can still answer."""
        return self.filter(state=DisputeState.NEEDS_RESPONSE)


@datamap.declare(
    purpose="Answer a bank that takes a buyer’s money back",
    retention="as the law demands of accounts",
    subject="payment__group__buyer",
    MONEY="public_id provider reference currency amount_minor fee_minor reason state due_at "
    "opened_at answered_at answered_by closed_at",
    SENSITIVE="evidence",
    SYSTEM="id home_cell payment order",
)
class Dispute(models.Model):
    """One order's money, claimed back at the buyer's bank.

    reason: the provider's word for it. evidence: what was answered, once.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    order = models.ForeignKey(Order, models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=14, choices=DisputeState.choices)
    due_at = models.DateTimeField(null=True)
    evidence = models.TextField(max_length=20_000, blank=True)
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "reference"], name="dispute_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, fee_minor__gte=0),
                name="dispute_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["needs_response", "under_review"], closed_at=None)
                | models.Q(state__in=["won", "lost"], closed_at__isnull=False),
                name="dispute_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="dispute_waiting",
                condition=models.Q(state="needs_response"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_closed(self) -> bool:
        """Tell whether the bank has decided."""
        return self.closed_at is not None
