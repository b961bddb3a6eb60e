"""The charge of a purchase, and each movement of its money."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from vitrine.kernel import ids
from vitrine.orders.models.order import Order, OrderGroup
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class PaymentState(models.TextChoices):
    """What we know of a charge's authorisation. What was captured since is in its moves."""

    STARTED = "started"  # the provider was or will be asked; no answer is stored
    CHALLENGE = "challenge"
    UNKNOWN = "unknown"  # asked, and no answer came in time
    AUTHORISED = "authorised"
    DECLINED = "declined"
    ABANDONED = "abandoned"  # the hold ended first; anything authorised is voided


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Which payments, and how they are held."""

    def awaiting_word(self) -> Self:
        """Those of which the provider may still say something new.

        Open ones, and given-up ones that may come good and were not let go yet.
        """
        waiting = [PaymentState.STARTED, PaymentState.CHALLENGE, PaymentState.UNKNOWN]
        late = Q(state=PaymentState.ABANDONED, moves=None)
        return self.filter(Q(state__in=waiting) | late)

    def locked(self) -> Self:
        """Hold payments with their purchases until the transaction ends: the one lock of each.

        Both rows are locked: a joined row that is not would be as old as the statement, which may
        have waited for a rival that placed the purchase meanwhile.
        """
        held = self.select_for_update(no_key=True, of=("self", "group"))
        return held.select_related("group")


def method_said(method_label: str, stored_minor: int, *, of_minor: int) -> str:
    """Say what an amount is paid with, or goes to. stored: what of it cards and credit bear."""
    if not stored_minor:
        return method_label
    if stored_minor == of_minor:
        return gettext("Gift card or store credit")
    return gettext("{method}, and a gift card or store credit").format(method=method_label)


@datamap.declare(
    purpose="Charge for a purchase, once",
    retention="as the law demands of accounts",
    subject="group__buyer",
    MONEY="public_id provider key amount_minor stored_minor captured_minor voided_minor "
    "refunded_minor state decline_reason created_at settled_at polled_at",
    SENSITIVE="reference method_token method_label",
    SYSTEM="id home_cell group",
)
class Payment(models.Model):
    """The charge of a purchase. key is derived from the attempt and stored before the call.

    method: what the provider knows the buyer's card by, never its number.
    amount: the purchase's total, of which gift cards and store credit pay stored.
    captured, voided, refunded: kept so that the database refuses to take or give back too much;
    each equals the sum of the done moves of its kind (M3).
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    group = models.OneToOneField(OrderGroup, models.PROTECT, related_name="payment")
    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=100, blank=True)
    method_token = models.CharField(max_length=100, blank=True)
    method_label = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField()
    stored_minor = models.BigIntegerField(default=0, db_default=0)
    captured_minor = models.BigIntegerField(default=0)
    voided_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=PaymentState.choices, default=PaymentState.STARTED
    )
    decline_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    refunded_minor__gte=0,
                    voided_minor__gte=0,
                    refunded_minor__lte=F("captured_minor"),
                    captured_minor__lte=F("amount_minor") - F("voided_minor"),
                ),
                name="payment_never_more",
            ),
            models.CheckConstraint(
                condition=Q(stored_minor__gte=0, stored_minor__lte=F("amount_minor")),
                name="payment_stored",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["started", "challenge", "unknown"], settled_at=None)
                | Q(state__in=["authorised", "declined", "abandoned"], settled_at__isnull=False),
                name="payment_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="payment_unsettled",
                condition=Q(state__in=["started", "challenge", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def asked_minor(self) -> int:
        """Return what the provider is asked for: all that no gift card and no credit pays."""
        return self.amount_minor - self.stored_minor

    @property
    def paid_with(self) -> str:
        """Say how the purchase is paid."""
        return method_said(self.method_label, self.stored_minor, of_minor=self.amount_minor)

    @property
    def is_settled(self) -> bool:
        """Tell whether the provider's answer is known for good."""
        return self.settled_at is not None


class MoveKind(models.TextChoices):
    """Which way money of a charge goes."""

    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class MoveState(models.TextChoices):
    """What we know of a move."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


@datamap.declare(
    purpose="Take, let go or give back money, once, for a reason",
    retention="as the law demands of accounts",
    subject="payment__group__buyer",
    MONEY="public_id key kind amount_minor stored_minor state reason asked_at settled_at by",
    SYSTEM="id home_cell payment order",
)
class PaymentMove(models.Model):
    """One capture, void or refund asked of the provider. Stored before the call, with its key.

    amount: all of it; stored: what of that gift cards and store credit give or get, so that the
    provider is asked for the rest.
    order: whose money; None for the void of a charge whose purchase failed.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="moves")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="moves")
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    amount_minor = models.BigIntegerField()
    stored_minor = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, choices=MoveState.choices, default=MoveState.ASKED)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) | (Q(amount_minor=0) & ~Q(kind="void")),
                name="move_moves_something",
            ),
            models.CheckConstraint(
                condition=Q(stored_minor__gte=0, stored_minor__lte=F("amount_minor")),
                name="move_stored",
            ),
            models.CheckConstraint(
                condition=Q(kind="void") | Q(kind__in=["capture", "refund"], order__isnull=False),
                name="move_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None)
                | Q(state__in=["done", "refused"], settled_at__isnull=False),
                name="move_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="move_asked", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def asked_minor(self) -> int:
        """Return what the provider is asked to move."""
        return self.amount_minor - self.stored_minor


@datamap.declare(
    purpose="Take each message of a provider once",
    retention="as the law demands of accounts",
    MONEY="provider event_id received_at",
    SYSTEM="id home_cell payment",
)
class ProviderEvent(models.Model):
    """A webhook that was taken. (provider, event_id) once, so a duplicate changes nothing.

    payment: whose charge it is about, if it is about one.
    """

    home_cell = HomeCellField()
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="event_once"),
        ]
