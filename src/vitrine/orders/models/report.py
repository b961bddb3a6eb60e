"""Providers' reports of our balance with them, and each of their lines."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.kernel import ids
from vitrine.ledger.models import Transfer
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Compare what a provider says with the books",
    retention="as the law demands of accounts",
    subject="by",
    MONEY="public_id provider name sha256 lines known costs_minor since until at by",
    SYSTEM="id home_cell",
)
class ProviderReport(models.Model):
    """A file in which a provider says what it did to our balance. The same file is taken once.

    lines: how many are kept of it. known: lines that an earlier report had. costs: what the
    provider keeps for itself, posted with it. since, until: of its lines.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    provider = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    sha256 = models.BinaryField(max_length=32)
    lines = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    costs_minor = models.BigIntegerField(default=0)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "sha256"], name="report_once"),
        ]

    def __str__(self) -> str:
        return self.name


class LineState(models.TextChoices):
    """Whether a line has its transfer."""

    OPEN = "open"
    MATCHED = "matched"
    DIFFERS = "differs"  # of another amount


class ReportLineQuerySet(models.QuerySet["ReportLine"]):
    """Which lines."""

    def unsettled(self) -> Self:
        """Those that the books do not bear out, and nobody explained."""
        return self.filter(state__in=[LineState.OPEN, LineState.DIFFERS], explained_at=None)


@datamap.declare(
    purpose="Compare what a provider says with the books",
    retention="as the law demands of accounts",
    subject="explained_by",
    MONEY="provider row reference kind source ours currency amount_minor fee_minor net_minor "
    "happened_at transfer state explanation explained_by explained_at",
    SYSTEM="id home_cell report",
)
class ReportLine(models.Model):
    """One change of our balance, as the provider tells it. reference: its name there, once.

    ours: what we call it, if the line says so. transfer: what was posted for it. Signed as the
    provider sees our balance: what we get is positive.
    """

    home_cell = HomeCellField()
    report = models.ForeignKey(ProviderReport, models.PROTECT, related_name="all_lines")
    provider = models.CharField(max_length=20)
    row = models.PositiveIntegerField()
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=100, blank=True)
    ours = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    happened_at = models.DateTimeField()
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=LineState.choices, default=LineState.OPEN)
    explanation = models.CharField(max_length=500, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    explained_at = models.DateTimeField(null=True)

    objects = ReportLineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "reference"], name="report_line_once"),
            models.UniqueConstraint(fields=["report", "row"], name="report_line_row"),
            models.UniqueConstraint(
                fields=["transfer"],
                name="report_line_of_one_transfer",
                condition=Q(transfer__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(net_minor=models.F("amount_minor") - models.F("fee_minor")),
                name="report_line_sums",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["provider", "id"], name="report_line_open", condition=Q(state="open")
            ),
        ]
