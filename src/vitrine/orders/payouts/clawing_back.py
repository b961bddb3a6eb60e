"""Take back from a payee what a buyer's bank took back from the cell."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from vitrine.ledger import accounts, posting
from vitrine.ledger.accounts import Payee
from vitrine.ledger.posting import KeyReused, Reason
from vitrine.orders.models import Clawback


@transaction.atomic
def claw_back(
    payee: Payee,
    *,
    key: str,
    provider: str,
    currency: str,
    amount_minor: int,
    fee_minor: int = 0,
    reason: str,
    at: datetime,
    stored: Mapping[str, int] | None = None,
) -> Clawback:
    """Take a dispute's amount and the provider's fee out of what a payee has available, once.

    What is available may become negative: later sales make up for it. stored: what of it a gift
    card bears, by account. Raises: KeyReused.
    """
    asked = Clawback(
        key=key,
        payee_kind=payee.kind,
        payee_id=payee.public_id,
        provider=provider,
        currency=currency,
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        reason=reason[:200],
        at=at,
    )
    Clawback.objects.bulk_create([asked], ignore_conflicts=True)
    found = Clawback.objects.get(key=key)
    if (found.payee, found.amount_minor, found.fee_minor) != (payee, amount_minor, fee_minor):
        raise KeyReused
    taken, from_cards = amount_minor + fee_minor, stored or {}
    rest = taken + sum(from_cards.values())
    legs = {payee.available: -rest, accounts.provider(provider): taken, **from_cards}
    posting.post(
        key=key,
        legs=legs,
        currency=currency,
        reason=Reason("clawback", found.public_id),
        at=at,
    )
    return found
