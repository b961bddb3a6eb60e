"""Days that are closed: what every account came to, and the proof that it all sums to zero."""

from typing import ClassVar

from django.db import models

from vitrine.ledger.models.posting import Account
from vitrine.ledger.models.seal import Seal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Close the books of a day",
    retention="as the law demands of accounts",
    MONEY="day seal until_transfer at",
    SYSTEM="id home_cell",
)
class Closing(models.Model):
    """The end of a day of the cell, cut at a seal: everything up to until_transfer, nothing after.

    The cut is between ids and not between times, so that whatever is written late falls into the
    next day, and nothing into none or two.
    """

    home_cell = HomeCellField()
    day = models.DateField(unique=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")
    until_transfer = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["day"]


@datamap.declare(
    purpose="Know what an account holds without adding up its whole past",
    retention="as the law demands of accounts",
    MONEY="account balance_minor",
    SYSTEM="id home_cell closing",
)
class ClosedBalance(models.Model):
    """What an account held at a closing. Written only for accounts that moved since the last."""

    home_cell = HomeCellField()
    closing = models.ForeignKey(Closing, models.PROTECT, related_name="balances")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    balance_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "closing"], name="closed_balance_once"),
        ]


@datamap.declare(
    purpose="Prove each day that the books balance",
    retention="as the law demands of accounts",
    MONEY="currency kind in_minor out_minor balance_minor",
    SYSTEM="id home_cell closing",
)
class TrialLine(models.Model):
    """One line of a day's trial balance: all accounts of a kind in a currency.

    in, out: what was posted into and out of them since the last closing. balance: what they come
    to. The lines of a currency sum to zero, and so do the day's.
    """

    home_cell = HomeCellField()
    closing = models.ForeignKey(Closing, models.PROTECT, related_name="trial")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40)
    in_minor = models.BigIntegerField()
    out_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["currency", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["closing", "currency", "kind"], name="trial_line_once"),
            models.CheckConstraint(
                condition=models.Q(in_minor__gte=0, out_minor__gte=0), name="trial_line_signs"
            ),
        ]
