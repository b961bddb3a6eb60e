"""What each payee was told at the end of a month."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.kernel import ids
from vitrine.ledger.accounts import Payee
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Tell a payee at the end of a month what came in, went out and is owed",
    retention="as the law demands of accounts",
    MONEY="public_id number payee_kind payee_id month currency opening_minor sales_minor "
    "refunds_minor fees_minor fee_taxes_minor commissions_minor disputes_minor payouts_minor "
    "others_minor closing_minor pending_minor available_minor reserve_minor transit_minor at",
    SYSTEM="id home_cell",
)
class Statement(models.Model):
    """A month of a payee: all of it sums, and begins where the one before ended.

    month: its first day, in the cell's time zone. Signed as the payee sees it: what they lose is
    negative. pending, available, reserve, transit: where the closing balance is. number: of the
    invoice over the platform's fee.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    number = models.PositiveIntegerField(unique=True)
    payee_kind = models.CharField(max_length=10)
    payee_id = models.CharField(max_length=ids.LENGTH)
    month = models.DateField()
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    refunds_minor = models.BigIntegerField()
    fees_minor = models.BigIntegerField()
    fee_taxes_minor = models.BigIntegerField()
    commissions_minor = models.BigIntegerField()
    disputes_minor = models.BigIntegerField()
    payouts_minor = models.BigIntegerField()
    others_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    pending_minor = models.BigIntegerField()
    available_minor = models.BigIntegerField()
    reserve_minor = models.BigIntegerField()
    transit_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payee_kind", "payee_id", "month", "currency"], name="statement_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    closing_minor=F("opening_minor")
                    + F("sales_minor")
                    + F("refunds_minor")
                    + F("fees_minor")
                    + F("fee_taxes_minor")
                    + F("commissions_minor")
                    + F("disputes_minor")
                    + F("payouts_minor")
                    + F("others_minor")
                )
                & Q(
                    closing_minor=F("pending_minor")
                    + F("available_minor")
                    + F("reserve_minor")
                    + F("transit_minor")
                ),
                name="statement_sums",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="statement_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.payee_id} {self.month:%Y-%m}"

    @property
    def payee(self) -> Payee:
        """Return whose it is."""
        return Payee(self.payee_kind, self.payee_id)
