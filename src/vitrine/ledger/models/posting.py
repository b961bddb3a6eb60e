"""Accounts, transfers and postings. Written only by ``posting.post``; read by anyone above."""

from typing import ClassVar

from django.db import models
from django.db.models import Sum

from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Name whose money it is",
    retention="as the law demands of accounts",
    MONEY="code currency opened_at",
    SYSTEM="id home_cell",
)
class Account(models.Model):
    """A place where money is, in one currency: "merchant:us_01…:pending". Has no balance column."""

    home_cell = HomeCellField()
    code = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "currency"], name="account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"

    def balance_minor(self) -> int:
        """Return the sum of all the account's postings. See ``balances.of``. Queries: 1."""
        return int(self.postings.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


@datamap.declare(
    purpose="Say why money moved, once",
    retention="as the law demands of accounts",
    MONEY="public_id key digest reason_kind reason_id legs at",
    SYSTEM="id home_cell",
)
class Transfer(models.Model):
    """One movement of money. key: one effect per key. reason: the row that caused it (M3).

    legs: how many postings it has, so that none can be added to it later.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=120, unique=True)
    digest = models.BinaryField(max_length=32)
    reason_kind = models.CharField(max_length=20)
    reason_id = models.CharField(max_length=60)
    legs = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(legs__gte=2), name="transfer_has_two_sides"),
        ]
        indexes: ClassVar = [models.Index(fields=["reason_kind", "reason_id"])]

    def __str__(self) -> str:
        return self.key


@datamap.declare(
    purpose="Keep the accounts",
    retention="as the law demands of accounts",
    MONEY="transfer account currency amount_minor",
    SYSTEM="id home_cell",
)
class Posting(models.Model):
    """One line of a transfer: signed minor units into an account."""

    home_cell = HomeCellField()
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", db_index=False)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="posting_moves_something"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "transfer"], name="posting_by_age")]
