"""What gift cards a shop sells: begun, changed and ended by its people."""

from collections.abc import Sequence
from datetime import datetime

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.orders.models import CardOffer


def of(merchant: Merchant) -> CardOffer | None:
    """Return what cards a shop offers, whether or not it may sell now. Queries: 1."""
    return CardOffer.objects.filter(merchant=merchant).first()


def on_sale(merchant: Merchant) -> CardOffer | None:
    """Return what cards can be bought of a shop now; None of one that is shut. Queries: 0 or 1."""
    return None if merchant.shut_at else of(merchant)


def offer(
    merchant: Merchant,
    *,
    amounts_minor: Sequence[int],
    least_minor: int | None,
    most_minor: int | None,
    by: Person,
    at: datetime,
) -> None:
    """Sell cards of these amounts, or of any between two; what was offered before is replaced."""
    terms = {
        "amounts_minor": list(amounts_minor),
        "least_minor": least_minor,
        "most_minor": most_minor,
        "by": by,
        "at": at,
    }
    CardOffer.objects.update_or_create(merchant=merchant, defaults=terms)


def end(merchant: Merchant) -> None:
    """Sell no more cards; those that are sold stay good."""
    CardOffer.objects.filter(merchant=merchant).delete()
