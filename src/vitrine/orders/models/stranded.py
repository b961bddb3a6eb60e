"""Refunds that a buyer's bank sent back after they were made: the buyer is still owed them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.kernel import ids
from vitrine.orders.models.card_sale import CardMove
from vitrine.orders.models.charged import ChargeMove
from vitrine.orders.models.payment import PaymentMove
from vitrine.orders.models.wallet import DepositMove
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class StrandedQuerySet(models.QuerySet["StrandedRefund"]):
    """Which of them."""

    def owed(self) -> Self:
        """Those whose buyer has not got the money yet."""
        return self.filter(given_at=None)


@datamap.declare(
    purpose="Give a buyer in another way what their bank sent back",
    retention="as the law demands of accounts",
    subject="move__payment__group__buyer",
    MONEY="public_id provider currency amount_minor reason at given_at given_by how",
    SYSTEM="id home_cell move card_move deposit_move",
)
class StrandedRefund(models.Model):
    """Money of a refund that is with the provider again. how: the way in which it was given then.

    The refund stands, and so does its credit note: the merchant and the authorities gave theirs
    back. It is the cell that owes the buyer. card_move: of a gift card that was given back;
    deposit_move: of a deposit into a wallet.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    move = models.OneToOneField(PaymentMove, models.PROTECT, null=True, related_name="stranded")
    card_move = models.OneToOneField(CardMove, models.PROTECT, null=True, related_name="stranded")
    deposit_move = models.OneToOneField(
        DepositMove, models.PROTECT, null=True, related_name="stranded"
    )
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    how = models.CharField(max_length=200, blank=True)

    objects = StrandedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & (
                    Q(given_at=None, given_by=None, how="")
                    | (Q(given_at__isnull=False, given_by__isnull=False) & ~Q(how=""))
                ),
                name="stranded_until_given",
            ),
            models.CheckConstraint(
                condition=Q(move__isnull=False, card_move=None, deposit_move=None)
                | Q(move=None, card_move__isnull=False, deposit_move=None)
                | Q(move=None, card_move=None, deposit_move__isnull=False),
                name="stranded_of_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def about(self) -> str:
        """Return the order, the gift card or the deposit whose refund it was. Queries: 0 or 2."""
        charge: ChargeMove | None = self.card_move or self.deposit_move
        if charge is not None:
            return str(charge.charged.public_id)
        order = self.move.order if self.move else None
        return str(order.public_id) if order else ""
