"""How payees are paid: their terms, their bank, each payout, and what is taken back."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.ledger.accounts import Payee
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Schedule(models.TextChoices):
    """How often a payee is paid."""

    DAILY = "daily", gettext_lazy("Every day")
    WEEKLY = "weekly", gettext_lazy("Every Monday")
    MONTHLY = "monthly", gettext_lazy("On the first of each month")


@datamap.declare(
    purpose="Pay a payee as agreed",
    retention="as the law demands of accounts",
    BUSINESS="payee_kind payee_id schedule minimum_minor next_on return_days reserve_percent "
    "reserve_days",
    SYSTEM="id home_cell",
)
class PayoutTerms(models.Model):
    """When a payee is paid, and from how much on. The row is also the lock of the payee's payouts.

    return_days, reserve: the operator's, for this payee; None: as for everybody (settings).
    """

    home_cell = HomeCellField()
    payee_kind = models.CharField(max_length=10)
    payee_id = models.CharField(max_length=ids.LENGTH)
    schedule = models.CharField(max_length=8, choices=Schedule.choices, default=Schedule.WEEKLY)
    minimum_minor = models.BigIntegerField(default=1_000)
    next_on = models.DateField()
    return_days = models.PositiveSmallIntegerField(null=True)
    reserve_percent = models.PositiveSmallIntegerField(null=True)
    reserve_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payee_kind", "payee_id"], name="payout_terms_once"),
            models.CheckConstraint(
                condition=Q(minimum_minor__gte=1, schedule__in=Schedule.values),
                name="payout_terms_sane",
            ),
            models.CheckConstraint(
                condition=Q(reserve_percent=None) | Q(reserve_percent__lte=100),
                name="payout_reserve_sane",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["next_on"], name="payout_terms_due")]

    @property
    def payee(self) -> Payee:
        """Return whose terms they are."""
        return Payee(self.payee_kind, self.payee_id)

    @property
    def window(self) -> timedelta:
        """Return how long after a sale its money waits."""
        days = settings.VITRINE_RETURN_DAYS if self.return_days is None else self.return_days
        return timedelta(days=days)

    @property
    def reserve(self) -> tuple[int, timedelta]:
        """Return which percentage is kept back, and for how long."""
        percent, days = self.reserve_percent, self.reserve_days
        return (
            settings.VITRINE_RESERVE_PERCENT if percent is None else percent,
            timedelta(days=settings.VITRINE_RESERVE_DAYS if days is None else days),
        )


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    """Which bank accounts."""

    def of(self, payee: Payee) -> Self:
        """A payee's present one."""
        return self.filter(payee_kind=payee.kind, payee_id=payee.public_id, replaced_at=None)


@datamap.declare(
    purpose="Pay a payee",
    retention="as the law demands of accounts",
    subject="by",
    SENSITIVE="holder routing number",
    MONEY="public_id payee_kind payee_id country method at usable_at replaced_at refused_at by",
    SYSTEM="id home_cell",
)
class BankAccount(models.Model):
    """Where a payee is paid. Never changed: another one replaces it, and earlier payouts keep it.

    routing: what names the bank (US routing number, CA institution and transit, AU BSB, NZ bank and
    branch). method: who pays, "file" or a provider's name. usable_at: not before (``banking.py``).
    refused_at: a payout to it came back; nothing more goes there.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    payee_kind = models.CharField(max_length=10)
    payee_id = models.CharField(max_length=ids.LENGTH)
    country = models.CharField(max_length=2)
    method = models.CharField(max_length=20, default="file")
    holder = models.CharField(max_length=60)
    routing = models.CharField(max_length=20)
    number = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    usable_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payee_kind", "payee_id"],
                name="bank_account_one_at_a_time",
                condition=Q(replaced_at=None),
            ),
        ]

    @property
    def payee(self) -> Payee:
        """Return whose it is."""
        return Payee(self.payee_kind, self.payee_id)

    @property
    def masked(self) -> str:
        """Return the end of its number: enough to know it again, too little to use it."""
        return "•••" + self.number[-4:] if len(self.number) > 5 else "•••" + self.number[-2:]

    @property
    def is_file(self) -> bool:
        """Tell whether it is paid by the operator's bank, not through a provider."""
        return self.method == "file"

    def takes_money(self, at: datetime) -> bool:
        """Tell whether a payout may go to it."""
        return self.refused_at is None and self.usable_at <= at


@datamap.declare(
    purpose="Hand payouts to the operator’s bank",
    retention="as the law demands of accounts",
    subject="by",
    MONEY="public_id number format at by pay_on payments total_minor sha256",
    BUSINESS="payer",
    SYSTEM="id home_cell",
)
class PayoutFile(models.Model):
    """Payouts that go to the operator's bank together.

    Its text is written anew from them, and is what sha256 says. payer: the operator's account then.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    number = models.PositiveIntegerField(unique=True)
    format = models.CharField(max_length=10)
    payer = models.JSONField(null=True)
    pay_on = models.DateField(null=True)
    payments = models.PositiveIntegerField(null=True)
    total_minor = models.BigIntegerField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.format.upper()} {self.number}"


@datamap.declare(
    purpose="Show who was given the account numbers of a bank file, and when",
    retention="as long as the file",
    subject="by",
    OPS="by at",
    SYSTEM="id home_cell file",
)
class PayoutFileReading(models.Model):
    """Somebody fetched a bank file. Written before a byte leaves; never changed (trigger)."""

    home_cell = HomeCellField()
    file = models.ForeignKey(PayoutFile, models.PROTECT, related_name="readings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class PayoutState(models.TextChoices):
    """Where a payout is."""

    PLANNED = "planned", gettext_lazy("Planned")
    SENT = "sent", gettext_lazy("On its way")
    PAID = "paid", gettext_lazy("Paid")
    BOUNCED = "bounced", gettext_lazy("Came back")


class PayoutQuerySet(models.QuerySet["Payout"]):
    """Which payouts."""

    def to(self, payee: Payee) -> Self:
        """A payee's."""
        return self.filter(payee_kind=payee.kind, payee_id=payee.public_id)

    def payable(self) -> Self:
        """Those whose payee's money moderators do not hold."""
        held = Merchant.objects.filter(suspended_at__isnull=False).values("public_id")
        return self.exclude(payee_kind="merchant", payee_id__in=held)

    def locked(self) -> Self:
        """Hold them until the transaction ends."""
        return self.select_for_update(of=("self",), no_key=True)


@datamap.declare(
    purpose="Pay a payee, once",
    retention="as the law demands of accounts",
    MONEY="public_id payee_kind payee_id key currency amount_minor state reason reference source "
    "planned_at sent_at paid_at bounced_at",
    SYSTEM="id home_cell bank file",
)
class Payout(models.Model):
    """Money on its way from a payee's available balance to their bank. key: one for each turn.

    reference: the bank's or provider's name for it. source: the account that it was paid from,
    once it was. reason: why it came back.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    payee_kind = models.CharField(max_length=10)
    payee_id = models.CharField(max_length=ids.LENGTH)
    key = models.CharField(max_length=100, unique=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    bank = models.ForeignKey(BankAccount, models.PROTECT, related_name="payouts")
    file = models.ForeignKey(PayoutFile, models.PROTECT, null=True, related_name="payouts")
    state = models.CharField(max_length=8, choices=PayoutState.choices, default=PayoutState.PLANNED)
    reference = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_of_something"),
            models.CheckConstraint(
                condition=Q(state="planned", sent_at=None, paid_at=None, bounced_at=None)
                | Q(state="sent", sent_at__isnull=False, paid_at=None, bounced_at=None)
                | Q(state="paid", sent_at__isnull=False, paid_at__isnull=False, bounced_at=None)
                | Q(state="bounced", bounced_at__isnull=False),
                name="payout_state",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None, source="") | (Q(paid_at__isnull=False) & ~Q(source="")),
                name="payout_paid_from_somewhere",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["payee_kind", "payee_id", "-planned_at"], name="payout_newest_of"),
            models.Index(
                fields=["state", "sent_at"],
                name="payout_unfinished",
                condition=Q(state__in=["planned", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def payee(self) -> Payee:
        """Return who is paid."""
        return Payee(self.payee_kind, self.payee_id)


@datamap.declare(
    purpose="Take back what a buyer’s bank took back",
    retention="as the law demands of accounts",
    MONEY="public_id key payee_kind payee_id provider currency amount_minor fee_minor reason at",
    SYSTEM="id home_cell",
)
class Clawback(models.Model):
    """A dispute's amount and the provider's fee for it, taken out of a payee's balance."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=100, unique=True)
    payee_kind = models.CharField(max_length=10)
    payee_id = models.CharField(max_length=ids.LENGTH)
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0), name="clawback_of_something"
            ),
        ]

    @property
    def payee(self) -> Payee:
        """Return from whom."""
        return Payee(self.payee_kind, self.payee_id)
