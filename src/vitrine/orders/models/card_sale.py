"""Gift cards that shops sell: what is offered, each sale, its money, and banks that claim it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.orders.models.charged import (
    SOLD,
    Charged,
    ChargeDispute,
    ChargeMove,
    SaleState,
)
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


class CardSaleQuerySet(models.QuerySet["CardSale"]):
    """Which sales."""

    def unsent(self) -> Self:
        """Those whose code nobody has got."""
        return self.filter(state=SaleState.PAID, sent_at=None, purse__stopped_at=None)

    def bought_by(self, person: Person | None) -> Self:
        """Those that a person bought."""
        return self.filter(buyer=person, buyer__isnull=False, state__in=SOLD)


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
class CardSale(Charged):
    """A gift card that somebody buys: its charge, whom it is for, and the card once it is paid.

    to_email: who gets the code, on send_at (None: as soon as it is paid), sent_at: when they did.
    code_seed: what the code is made from with the cell's key; forgotten once the code is sent, and
    new for each letter. letters: how many codes were made.
    """

    PAGES = "/gift-cards/"  # who is not the buyer needs the link token too
    READ_WITH = ("merchant", "purse")

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    link_token = models.CharField(max_length=64, unique=True)
    to_email = models.EmailField(max_length=254)
    from_name = models.CharField(max_length=80, blank=True)
    message = models.TextField(max_length=500, blank=True)
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    letters = models.PositiveSmallIntegerField(default=0)
    code_seed = models.BinaryField(max_length=32, null=True)
    purse = models.OneToOneField(Purse, models.PROTECT, null=True, related_name="sale")

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
class CardMove(ChargeMove):
    """One capture, void or refund of a card's charge."""

    OF, STRANDED_AS = "sale", "card_move"

    sale = models.ForeignKey(CardSale, models.PROTECT, related_name="moves")

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


@datamap.declare(
    purpose="Bear what a buyer’s bank takes back of a gift card",
    retention="as the law demands of accounts",
    subject="sale__buyer",
    MONEY="public_id provider reference amount_minor from_card_minor fee_minor reason state due_at "
    "opened_at closed_at",
    SYSTEM="id home_cell sale",
)
class CardDispute(ChargeDispute):
    """The price of a card, claimed back at the buyer's bank. from_card: what was left on it."""

    sale = models.ForeignKey(CardSale, models.PROTECT, related_name="disputes")
    from_card_minor = models.BigIntegerField(default=0)

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
