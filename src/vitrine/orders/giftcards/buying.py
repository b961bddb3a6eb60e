"""Buy a gift card: write the sale, ask the provider, settle. Nobody holds stock meanwhile.

Source: docs/adr/0086-gift-cards-are-sold.md.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.ledger.posting import KeyReused
from vitrine.orders.charges import settling
from vitrine.orders.checkout import Means
from vitrine.orders.models import CardOffer, CardSale
from vitrine.sovereignty.cell import this_cell


class NotSold(Refusal):
    """The shop sells no such card, or nothing at all."""

    code = "card_not_sold"
    message = "This shop does not sell gift cards of that amount. Choose another amount."


@dataclass(frozen=True)
class Gift:
    """Whom a card is for. send_at: when they get its code; None: as soon as it is paid."""

    to_email: str
    from_name: str = ""
    message: str = ""
    send_at: datetime | None = None


@dataclass(frozen=True)
class CardAttempt:
    """One press of the button. key: made with the form, so that a second press is the same."""

    key: str
    merchant: Merchant
    buyer: Person | None
    email: str
    amount_minor: int
    gift: Gift
    means: Means

    def digest(self) -> bytes:
        """Fingerprint what is asked for, and by whom."""
        said = (
            self.merchant.pk,
            self.buyer.pk if self.buyer else None,
            self.email,
            self.amount_minor,
            vars(self.gift),
            vars(self.means),
        )
        return hashlib.sha256(msgspec.json.encode(said)).digest()


def buy(attempt: CardAttempt, *, at: datetime) -> CardSale:
    """Carry an attempt through, once per key; asked again, carry on from where it stands.

    No transaction is open while the provider is asked. Raises: KeyReused, NotSold.
    """
    return settling.carry_on(place(attempt, at=at), at=at)


@transaction.atomic
def place(attempt: CardAttempt, *, at: datetime) -> CardSale:
    """Write a sale with the key of its charge, before any money is asked for.

    Two at once with one key: the second waits for the first's commit. Locks: the offer.
    Raises: KeyReused, NotSold.
    """
    earlier = _earlier(attempt)
    if earlier is not None:
        return earlier
    _refuse_unsold(attempt)
    public_id = ids.new()
    asked = CardSale(
        public_id=public_id,
        key=attempt.key,
        digest=attempt.digest(),
        merchant=attempt.merchant,
        buyer=attempt.buyer,
        link_token=secrets.token_urlsafe(32),
        email=attempt.email,
        amount_minor=attempt.amount_minor,
        currency=this_cell().currency,
        provider=attempt.means.provider,
        charge_key=f"charge:{public_id}",
        method_token=attempt.means.token,
        method_label=attempt.means.label,
        created_at=at,
        **vars(attempt.gift),
    )
    CardSale.objects.bulk_create([asked], ignore_conflicts=True)
    made = _earlier(attempt)
    assert made is not None  # noqa: S101 (written here, or by whoever was quicker)
    return made


def _refuse_unsold(attempt: CardAttempt) -> None:
    """Raise NotSold where the shop does not offer it now. Its offer is held until the commit."""
    trading = Merchant.objects.trading().filter(pk=attempt.merchant.pk)
    offers = CardOffer.objects.select_for_update(no_key=True).filter(merchant__in=trading)
    offer = offers.first()
    if offer is None or not offer.has(attempt.amount_minor):
        raise NotSold


def _earlier(attempt: CardAttempt) -> CardSale | None:
    """Return what this key already did. Raises: KeyReused for the same key, other content."""
    sale = CardSale.objects.select_related("merchant").filter(key=attempt.key).first()
    if sale is None:
        return None
    if not hmac.compare_digest(bytes(sale.digest), attempt.digest()):
        raise KeyReused
    return sale
