"""What is paid by one charge of its own, outside orders: its states, its moves, its disputes.

Gift cards and deposits are such. Each has its tables; ``orders/charges`` settles them all alike.
"""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from vitrine.kernel import ids
from vitrine.orders.models.dispute import DisputeState
from vitrine.orders.models.payment import MoveKind, MoveState
from vitrine.sovereignty.cell import HomeCellField


class SaleState(models.TextChoices):
    """Where that which is paid by one charge is."""

    STARTED = "started"  # the provider was or will be asked; no answer is stored
    CHALLENGE = "challenge"
    UNKNOWN = "unknown"  # asked, and no answer came in time
    AUTHORISED = "authorised"  # set aside, and being taken
    PAID = "paid"  # taken: what was paid for is there
    REFUNDED = "refunded"
    DECLINED = "declined"
    ABANDONED = "abandoned"  # not paid in time; anything authorised is voided


OPEN = (SaleState.STARTED, SaleState.CHALLENGE, SaleState.UNKNOWN)
SOLD = (SaleState.PAID, SaleState.REFUNDED)
C = TypeVar("C", bound="Charged")


def awaiting_word() -> Q:
    """Choose those of which the provider may still say something new, as of payments."""
    return Q(state__in=OPEN) | Q(state=SaleState.ABANDONED, moves=None)


class Charged(models.Model):
    """Something that is paid by one charge, taken at once.

    key: of the press; charge_key: of the provider, stored before it is asked.
    """

    PAGES: ClassVar[str]
    """What the addresses of the payers' pages begin with."""
    READ_WITH: ClassVar[tuple[str, ...]] = ()
    """What is read with a row of it, held or not."""
    moves: Any
    disputes: Any

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    digest = models.BinaryField(max_length=32)
    email = models.EmailField(max_length=254)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    charge_key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=100, blank=True)
    method_token = models.CharField(max_length=100, blank=True)
    method_label = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=SaleState.choices, default=SaleState.STARTED)
    decline_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.public_id)

    def held(self) -> Self:
        """Read it anew and hold it until the transaction ends: the one lock of each."""
        mine = type(self)._default_manager.select_for_update(no_key=True, of=("self",))
        return mine.select_related(*self.READ_WITH).get(pk=self.pk)

    def get_absolute_url(self) -> str:
        """Return the payer's page; "/outcome" under it is where banks send them back."""
        return f"{self.PAGES}{self.public_id}"

    def whole_move(self) -> dict[str, Any]:
        """Return what a move of all of it says besides its amount."""
        return {}

    @property
    def charge_minor(self) -> int:
        """Return what the provider is asked for."""
        return self.amount_minor

    @property
    def is_open(self) -> bool:
        """Tell whether it is not known yet if it will be paid."""
        return self.state in (*OPEN, SaleState.AUTHORISED)

    @property
    def is_sold(self) -> bool:
        """Tell whether it was paid."""
        return self.state in SOLD

    @property
    def why_declined(self) -> str:
        """Say why it was not paid, in the language of the page."""
        return gettext(self.decline_reason) if self.decline_reason else ""


class ChargeMove(models.Model):
    """One capture, void or refund of such a charge. Stored before the call, with its key."""

    OF: ClassVar[str]
    """The field that says of which charge it is."""
    STRANDED_AS: ClassVar[str]
    """The field of a stranded refund that says that it was this one."""
    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=MoveState.choices, default=MoveState.ASKED)
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key

    @property
    def charged(self) -> Charged:
        """Return what it is of. Queries: 0 or 1."""
        found: Charged = getattr(self, self.OF)
        return found


class ChargeDispute(models.Model):
    """What was paid by such a charge, claimed back at the payer's bank."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=14, choices=DisputeState.choices)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_closed(self) -> bool:
        """Tell whether the bank has decided."""
        return self.closed_at is not None
