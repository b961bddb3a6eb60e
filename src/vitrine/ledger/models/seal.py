"""Seals over what is posted: each covers the next stretch of transfers and the seal before it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Show any change of what was posted",
    retention="as the law demands of accounts",
    MONEY="number after_transfer until_transfer transfers previous hash at",
    SYSTEM="id home_cell",
)
class Seal(models.Model):
    """One link of the chain: the transfers with after_transfer < id <= until_transfer.

    hash: over the previous seal's hash and the canonical content of those transfers, in the order
    of their ids (``chain.py``). A chain cannot fork: each link is followed once.
    """

    home_cell = HomeCellField()
    number = models.BigIntegerField(unique=True)
    after_transfer = models.BigIntegerField(unique=True)
    until_transfer = models.BigIntegerField(unique=True)
    transfers = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=32, unique=True)
    hash = models.BinaryField(max_length=32, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number__gte=1, transfers__gte=1, after_transfer__gte=0)
                & Q(until_transfer__gt=F("after_transfer")),
                name="seal_covers_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}:{bytes(self.hash).hex()}"

    @property
    def mark(self) -> str:
        """Return the beginning of the hash, for people to compare."""
        return bytes(self.hash).hex()[:16]
