"""Prepaid wallets of advertisers, the deposits that fill them, and banks that claim those."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from vitrine.kernel import ids
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import accounts
from vitrine.orders.models.charged import Charged, ChargeDispute, ChargeMove
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Keep what an advertiser has paid ahead, and never spend more",
    retention="as the law demands of accounts",
    MONEY="public_id currency put_minor held_micros spent_micros opened_at stopped_at",
    SYSTEM="id home_cell",
)
class Wallet(models.Model):
    """What is paid ahead for ads. It knows nothing of them, nor of whose it is.

    put: all that was put in, less what was given back or claimed, or is about to be. held: what
    ads that are being shown may still spend. spent: what ads were billed for. Kept so that the
    database refuses to spend too much (A5). stopped_at: it pays no more until a bank has decided.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    currency = models.CharField(max_length=3)
    put_minor = models.BigIntegerField(default=0)
    held_micros = models.BigIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(held_micros__gte=0, spent_micros__gte=0)
                & Q(held_micros__lte=F("put_minor") * MICROS_PER_MINOR - F("spent_micros")),
                name="wallet_never_overspent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def account(self) -> str:
        """Return its account in the ledger."""
        return accounts.wallet(self.public_id)


@datamap.declare(
    purpose="Fill an advertiser’s wallet, once",
    retention="as the law demands of accounts",
    subject="by",
    MONEY="public_id key digest amount_minor tax_minor taxes currency provider charge_key state "
    "decline_reason created_at settled_at paid_at polled_at",
    PERSONAL="by email payer_name region",
    SENSITIVE="reference method_token method_label",
    SYSTEM="id home_cell wallet",
)
class Deposit(Charged):
    """Money that somebody pays into a wallet, and the tax on the service that it is paid for.

    amount: what the wallet gets; the payer is charged its tax on top. taxes: by authority, as
    rows of authority, name, rate and amount_minor. payer_name, region: whom the invoice names, and
    where they are.
    """

    PAGES = "/promote/deposits/"
    READ_WITH = ("wallet",)

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="deposits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    payer_name = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=3, blank=True)
    tax_minor = models.BigIntegerField()
    taxes = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, tax_minor__gte=0), name="deposit_of_something"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["started", "challenge", "unknown"], settled_at=None)
                | Q(
                    state__in=["authorised", "paid", "refunded", "declined", "abandoned"],
                    settled_at__isnull=False,
                ),
                name="deposit_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["paid", "refunded"], paid_at__isnull=False)
                | ~Q(state__in=["paid", "refunded"]) & Q(paid_at=None),
                name="deposit_paid",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="deposit_unsettled",
                condition=Q(state__in=["started", "challenge", "unknown"]),
            ),
            models.Index(fields=["provider", "reference"], name="deposit_reference"),
        ]

    @property
    def charge_minor(self) -> int:
        """Return what the provider is asked for: what the wallet gets, and the tax."""
        return self.amount_minor + self.tax_minor

    def whole_move(self) -> dict[str, Any]:
        """Return what a move of all of it says besides."""
        return {"tax_minor": self.tax_minor, "taxes": self.taxes}


@datamap.declare(
    purpose="Take, let go or give back the money of a deposit, once",
    retention="as the law demands of accounts",
    subject="deposit__by",
    MONEY="public_id key kind amount_minor tax_minor taxes state reason number request by asked_at "
    "settled_at",
    SYSTEM="id home_cell deposit",
)
class DepositMove(ChargeMove):
    """One capture, void or refund of a deposit's charge; done, it is an invoice or a credit note.

    amount: what the bank moves; tax: what of it is tax, by authority as the deposit has it.
    number: of the invoice or the credit note, without a gap in each. request: the press that asked
    for it, which may be for more deposits than one.
    """

    OF, STRANDED_AS = "deposit", "deposit_move"

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="moves")
    tax_minor = models.BigIntegerField()
    taxes = models.JSONField(default=list)
    number = models.PositiveIntegerField(null=True)
    request = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=F("tax_minor"), tax_minor__gte=0),
                name="deposit_move_of_something",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None)
                | Q(state__in=["done", "refused"], settled_at__isnull=False),
                name="deposit_move_state",
            ),
            models.CheckConstraint(
                condition=Q(number=None)
                | Q(state="done", kind__in=["capture", "refund"], number__gt=0),
                name="deposit_move_numbered",
            ),
            models.UniqueConstraint(fields=["kind", "number"], name="deposit_number_once"),
            models.UniqueConstraint(
                fields=["deposit", "kind"],
                name="deposit_move_once",
                condition=~Q(kind="refund") & ~Q(state="refused"),
            ),
            models.UniqueConstraint(
                fields=["deposit", "request"],
                name="deposit_asked_back_once",
                condition=~Q(request=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"], name="deposit_move_asked", condition=Q(state="asked")
            ),
        ]

    @property
    def wallet_minor(self) -> int:
        """Return what the wallet gets or gives."""
        return self.amount_minor - self.tax_minor

    @property
    def label(self) -> str:
        """Return its number as it is printed; "" where it has none."""
        if self.number is None:
            return ""
        return f"{'W' if self.kind == 'capture' else 'WC'}{self.number:05d}"


@datamap.declare(
    purpose="Bear what a payer’s bank takes back of a deposit",
    retention="as the law demands of accounts",
    subject="deposit__by",
    MONEY="public_id provider reference amount_minor from_wallet_minor fee_minor reason state "
    "due_at opened_at closed_at",
    SYSTEM="id home_cell deposit",
)
class DepositDispute(ChargeDispute):
    """A deposit, claimed back at the payer's bank.

    from_wallet: what was free of it, set aside at once and given back if the dispute is won.
    """

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="disputes")
    from_wallet_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "reference"], name="deposit_dispute_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0)
                & Q(from_wallet_minor__gte=0, from_wallet_minor__lte=F("amount_minor")),
                name="deposit_dispute_of_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["needs_response", "under_review"], closed_at=None)
                | Q(state__in=["won", "lost"], closed_at__isnull=False),
                name="deposit_dispute_state",
            ),
        ]
