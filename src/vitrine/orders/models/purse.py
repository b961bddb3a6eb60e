"""Money that can be spent here: gift cards and store credit, and what they pay of orders."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.ledger import accounts
from vitrine.orders.models.order import Order
from vitrine.orders.models.payment import PaymentMove
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class PurseKind(models.TextChoices):
    """What a purse is: of whoever has its code, or of one person."""

    CARD = "card", gettext_lazy("Gift card")
    CREDIT = "credit", gettext_lazy("Store credit")


class PurseQuerySet(models.QuerySet["Purse"]):
    """Which purses."""

    def spendable(self, *, at: datetime) -> Self:
        """Those that pay at an instant, whatever is left in them."""
        alive = Q(expires_at=None) | Q(expires_at__gt=at)
        return self.filter(alive, stopped_at=None)

    def credit_of(self, person: Person) -> Self:
        """A person's store credit: the shops' first, which can be spent there alone."""
        mine = self.filter(kind=PurseKind.CREDIT, person=person)
        return mine.order_by(F("merchant").asc(nulls_last=True), "pk")

    def issued_by(self, merchant: Merchant | None) -> Self:
        """Those of a shop, or of the platform, newest first."""
        return self.filter(merchant=merchant).order_by("-pk")


@datamap.declare(
    purpose="Keep what somebody can spend here",
    retention="as the law demands of accounts",
    subject="person",
    MONEY="public_id kind currency put_minor held_minor spent_minor code_end note issued_at "
    "expires_at stopped_at issued_by",
    PERSONAL="person",
    SECRET="code_digest",  # noqa: S106
    SYSTEM="id home_cell merchant",
)
class Purse(models.Model):
    """A gift card, or somebody's store credit. merchant: where it is spent; None: everywhere here.

    put: all that was ever put in. spent: all that went out. held: what purchases that are not
    handed over yet have of the rest. Each is kept so that the database refuses to spend too much,
    and equals its steps and tenders. code_digest: keyed; the code itself is kept nowhere.
    note: the issuer's own words. expires_at: where the law lets a card end. stopped_at: lost or
    stolen; it pays no more.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    kind = models.CharField(max_length=6, choices=PurseKind.choices)
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    code_digest = models.BinaryField(max_length=32, null=True, unique=True)
    code_end = models.CharField(max_length=4, blank=True)
    currency = models.CharField(max_length=3)
    put_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    note = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    objects = PurseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(held_minor__gte=0, spent_minor__gte=0)
                & Q(put_minor__gte=F("spent_minor") + F("held_minor")),
                name="purse_never_overspent",
            ),
            models.CheckConstraint(
                condition=Q(kind="card", code_digest__isnull=False, person=None)
                | Q(kind="credit", code_digest=None, person__isnull=False, expires_at=None),
                name="purse_kind",
            ),
            models.UniqueConstraint(
                fields=["person", "merchant"],
                name="purse_one_credit_each",
                condition=Q(kind="credit"),
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["merchant", "-id"], name="purse_of_merchant")]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def account(self) -> str:
        """Return its account in the ledger."""
        return accounts.purse(self.kind, self.public_id)

    @property
    def balance_minor(self) -> int:
        """Return what it holds, with what purchases hold of it."""
        return self.put_minor - self.spent_minor

    @property
    def free_minor(self) -> int:
        """Return what can be spent now."""
        return self.balance_minor - self.held_minor

    @property
    def called(self) -> str:
        """Return what a buyer reads of it."""
        if self.kind == PurseKind.CARD:
            return gettext("Gift card …{end}").format(end=self.code_end)
        if self.merchant is None:
            return gettext("Store credit")
        return gettext("Credit at {shop}").format(shop=self.merchant.name)

    def is_over(self, at: datetime) -> bool:
        """Tell whether its time is over."""
        return self.expires_at is not None and self.expires_at <= at


class StepKind(models.TextChoices):
    """Why a purse's money changed."""

    ISSUED = "issued", gettext_lazy("Issued")
    GRANTED = "granted", gettext_lazy("Given by the shop")
    BOUGHT = "bought", gettext_lazy("Bought")
    SPENT = "spent", gettext_lazy("Spent")
    REFUNDED = "refunded", gettext_lazy("Given back")
    RETURNED = "returned", gettext_lazy("Paid back to whoever bought the card")
    DISPUTED = "disputed", gettext_lazy("Taken back by the buyer’s bank")


@datamap.declare(
    purpose="Say why a gift card's or a credit's money changed",
    retention="as the law demands of accounts",
    subject="purse__person",
    MONEY="public_id key kind amount_minor reason by at",
    SYSTEM="id home_cell purse move",
)
class PurseStep(models.Model):
    """One change of what a purse holds, signed. Posted: by its own key, or with its move.

    move: the capture that took it, or the refund that brought it. bought, returned: the key is
    that of the card's own move; disputed: that of its dispute.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    purse = models.ForeignKey(Purse, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=StepKind.choices)
    amount_minor = models.BigIntegerField()
    move = models.ForeignKey(PaymentMove, models.PROTECT, null=True, related_name="purse_steps")
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="spent", amount_minor__lt=0, move__isnull=False)
                | Q(kind="refunded", amount_minor__gt=0, move__isnull=False)
                | Q(kind__in=["issued", "granted", "bought"], amount_minor__gt=0, move=None)
                | Q(kind__in=["returned", "disputed"], amount_minor__lt=0, move=None),
                name="purse_step_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class TenderState(models.TextChoices):
    """Where a tender is."""

    HELD = "held"
    TAKEN = "taken"
    LET_GO = "let_go"


@datamap.declare(
    purpose="Pay an order from a gift card or a credit",
    retention="as the law demands of accounts",
    subject="order__group__buyer",
    MONEY="amount_minor state ended_at",
    SYSTEM="id home_cell order purse",
)
class Tender(models.Model):
    """What a purse pays of an order: held as it is placed, taken as it is handed over."""

    home_cell = HomeCellField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="tenders")
    purse = models.ForeignKey(Purse, models.PROTECT, related_name="tenders")
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=6, choices=TenderState.choices, default=TenderState.HELD)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "purse"], name="tender_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="tender_of_something"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at=None)
                | Q(state__in=["taken", "let_go"], ended_at__isnull=False),
                name="tender_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.purse_id}"
