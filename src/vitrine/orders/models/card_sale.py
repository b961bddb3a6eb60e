"""Gift cards that shops sell: what is offered, each sale, its money, and banks that claim it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders.models.dispute import DisputeState
from vitrine.orders.models.payment import MoveKind, MoveState
from vitrine.orders.models.purse import Purse
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Sell gift cards of a shop",
    retention="while the shop sells them",
    subject="by",
    BUSINESS="amounts_minor least_minor most_minor by at",
    SYSTEM="id home_cell merchant",
)
class CardOffer(models.Model):
    """That a shop sells gift cards, and for how much. Its existence is the offer.

    amounts: to choose between. least, most: of an amount that the buyer writes; None: they cannot.
    """

    home_cell = HomeCellField()
    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="+")
    amounts_minor = models.JSONField(default=list)
    least_minor = models.BigIntegerField(null=True)
    most_minor = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(least_minor=None, most_minor=None) & ~Q(amounts_minor=[])
                | Q(least_minor__gt=0, most_minor__gte=F("least_minor")),
                name="card_offer_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id}"

    def has(self, amount_minor: int) -> bool:
        """Tell whether a card of an amount is sold."""
        if amount_minor in self.amounts_minor:
            return True
        least, most = self.least_minor, self.most_minor
        return least is not None and most is not None and least <= amount_minor <= most


class SaleState(models.TextChoices):
    """Where the sale of a card is."""

    STARTED = "started"  # the provider was or will be asked; no answer is stored
    CHALLENGE = "challenge"
    UNKNOWN = "unknown"  # asked, and no answer came in time
    AUTHORISED = "authorised"  # set aside, and being taken
    PAID = "paid"  # taken: there is a card
    REFUNDED = "refunded"
    DECLINED = "declined"
    ABANDONED = "abandoned"  # not paid in time; anything authorised is voided


OPEN = (SaleState.STARTED, SaleState.CHALLENGE, SaleState.UNKNOWN)
SOLD = (SaleState.PAID, SaleState.REFUNDED)


class CardSaleQuerySet(models.QuerySet["CardSale"]):
    """Which sales, and how they are held."""

    def awaiting_word(self) -> Self:
        """Those of which the provider may still say something new, as of payments."""
        late = Q(state=SaleState.ABANDONED, moves=None)
        return self.filter(Q(state__in=OPEN) | late)

    def unsent(self) -> Self:
        """Those whose code nobody has got."""
        return self.filter(state=SaleState.PAID, sent_at=None, purse__stopped_at=None)

    def bought_by(self, person: Person | None) -> Self:
        """Those that a person bought."""
        return self.filter(buyer=person, buyer__isnull=False, state__in=SOLD)

    def locked(self) -> Self:
        """Hold sales until the transaction ends: the one lock of each."""
        return self.select_for_update(no_key=True, of=("self",)).select_related("merchant")


@datamap.declare(
    purpose="Sell a gift card, once",
    retention="as the law demands of accounts",
    subject="buyer",
    MONEY="public_id key digest amount_minor currency provider charge_key state decline_reason "
    "created_at settled_at paid_at polled_at send_at sent_at letters",
    PERSONAL="buyer email to_email from_name",
    COMMS="message",
    SENSITIVE="reference method_token method_label",
    SECRET="link_token code_seed",  # noqa: S106
    SYSTEM="id home_cell merchant purse",
)
class CardSale(models.Model):
    """A gift card that somebody buys: its charge, whom it is for, and the card once it is paid.

    key: of the press; charge_key: of the provider, stored before it is asked. to_email: who gets
    the code, on send_at (None: as soon as it is paid), sent_at: when they did. code_seed: what the
    code is made from with the cell's key; forgotten once the code is sent, and new for each
    letter. letters: how many codes were made.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    key = models.CharField(max_length=80, unique=True)
    digest = models.BinaryField(max_length=32)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    link_token = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    to_email = models.EmailField(max_length=254)
    from_name = models.CharField(max_length=80, blank=True)
    message = models.TextField(max_length=500, blank=True)
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    letters = models.PositiveSmallIntegerField(default=0)
    code_seed = models.BinaryField(max_length=32, null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    charge_key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=100, blank=True)
    method_token = models.CharField(max_length=100, blank=True)
    method_label = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=SaleState.choices, default=SaleState.STARTED)
    decline_reason = models.CharField(max_length=200, blank=True)
    purse = models.OneToOneField(Purse, models.PROTECT, null=True, related_name="sale")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)

    objects = CardSaleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="card_sale_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "challenge", "unknown"], settled_at=None)
                | Q(
                    state__in=["authorised", "paid", "refunded", "declined", "abandoned"],
                    settled_at__isnull=False,
                ),
                name="card_sale_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["paid", "refunded"], purse__isnull=False)
                & Q(paid_at__isnull=False)
                | ~Q(state__in=["paid", "refunded"]) & Q(purse=None, paid_at=None, sent_at=None),
                name="card_sale_has_its_card",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="card_sale_unsettled",
                condition=Q(state__in=["started", "challenge", "unknown"]),
            ),
            models.Index(
                fields=["send_at"],
                name="card_sale_unsent",
                condition=Q(state="paid", sent_at=None),
            ),
            models.Index(fields=["provider", "reference"], name="card_sale_reference"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the buyer's page; who is not the buyer needs the link token too."""
        return f"/gift-cards/{self.public_id}"

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

    @property
    def is_for_another(self) -> bool:
        """Tell whether the code goes to another than the buyer."""
        return self.to_email != self.email


@datamap.declare(
    purpose="Take, let go or give back the money of a gift card, once",
    retention="as the law demands of accounts",
    subject="sale__buyer",
    MONEY="public_id key kind amount_minor state reason asked_at settled_at",
    SYSTEM="id home_cell sale",
)
class CardMove(models.Model):
    """One capture, void or refund of a card's charge. Stored before the call, with its key."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    sale = models.ForeignKey(CardSale, models.PROTECT, related_name="moves")
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=MoveState.choices, default=MoveState.ASKED)
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="card_move_of_something"),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None)
                | Q(state__in=["done", "refused"], settled_at__isnull=False),
                name="card_move_state",
            ),
            models.UniqueConstraint(
                fields=["sale", "kind"],
                name="card_move_once",
                condition=~Q(state="refused"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="card_move_asked", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return self.key


@datamap.declare(
    purpose="Bear what a buyer’s bank takes back of a gift card",
    retention="as the law demands of accounts",
    subject="sale__buyer",
    MONEY="public_id provider reference amount_minor from_card_minor fee_minor reason state due_at "
    "opened_at closed_at",
    SYSTEM="id home_cell sale",
)
class CardDispute(models.Model):
    """The price of a card, claimed back at the buyer's bank. from_card: what was left on it."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    sale = models.ForeignKey(CardSale, models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    amount_minor = models.BigIntegerField()
    from_card_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=14, choices=DisputeState.choices)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "reference"], name="card_dispute_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0)
                & Q(from_card_minor__gte=0, from_card_minor__lte=F("amount_minor")),
                name="card_dispute_of_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["needs_response", "under_review"], closed_at=None)
                | Q(state__in=["won", "lost"], closed_at__isnull=False),
                name="card_dispute_state",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_closed(self) -> bool:
        """Tell whether the bank has decided."""
        return self.closed_at is not None
