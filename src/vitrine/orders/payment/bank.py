"""The books of the test bank: another institution's tables, which only the sandbox touches.

They live in this database so that a killed process finds its charges again, as it would at a
real bank. Nothing else joins them: what the shop knows of a charge is what the bank answered.
"""

from typing import ClassVar

from django.db import models

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Play a bank in test mode",
    retention="with the purchase it stands for",
    subject="reference = orders.Payment.reference",
    SENSITIVE="reference card",
    MONEY="key currency amount_minor outcome at",
    SYSTEM="id home_cell",
)
class BankCharge(models.Model):
    """Money that the test bank was asked to set aside, once per key. No card number anywhere."""

    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    card = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    outcome = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        db_table = "sandbox_bank_charge"


@datamap.declare(
    purpose="Play a bank in test mode",
    retention="with the purchase it stands for",
    MONEY="charge key kind amount_minor at",
    SYSTEM="id home_cell",
)
class BankMove(models.Model):
    """Money taken, let go or given back by the test bank, once per key."""

    home_cell = HomeCellField()
    charge = models.ForeignKey(BankCharge, models.CASCADE, related_name="moves")
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "sandbox_bank_move"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="bank_moves_something"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["capture", "void", "refund"]), name="bank_move_kind"
            ),
        ]
