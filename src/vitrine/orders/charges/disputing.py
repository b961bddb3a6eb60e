"""A payer's bank claims what was paid by a charge: heard from the provider, and written once."""

from datetime import datetime

from django.db import transaction

from vitrine.orders.charges import kinds
from vitrine.orders.models import Charged, ChargeDispute, DisputeState
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Claim


def hear(provider: str, reference: str, *, at: datetime) -> ChargeDispute | None:
    """Ask the provider about a dispute and write down what it says; None if it is of no charge.

    The same told twice changes nothing. No transaction is open. Raises: OutcomeUnknown.
    """
    claim = providers.named(provider).claim(reference=reference)
    if not claim.charge:
        return None
    charged = kinds.find(provider=provider, reference=claim.charge)
    return _written(charged, claim, at=at) if charged is not None and charged.is_sold else None


@transaction.atomic
def _written(charged: Charged, claim: Claim, *, at: datetime) -> ChargeDispute:
    """Write it down and act on it, once. Locks: what was charged."""
    charged, kind = charged.held(), kinds.of(charged)
    found: tuple[ChargeDispute, bool] = charged.disputes.get_or_create(
        provider=charged.provider,
        reference=claim.reference,
        defaults={
            "amount_minor": claim.amount_minor,
            "reason": claim.reason[:60],
            "state": DisputeState.NEEDS_RESPONSE,
            "due_at": claim.due_at,
            "opened_at": at,
        },
    )
    dispute, is_new = found
    if is_new:
        kind.disputed(dispute, charged, at=at)
    if dispute.is_closed or dispute.state == claim.state:
        return dispute
    dispute.state, dispute.due_at, dispute.fee_minor = claim.state, claim.due_at, claim.fee_minor
    match claim.state:
        case DisputeState.WON:
            dispute.closed_at = at
            kind.won(dispute, charged)
        case DisputeState.LOST:
            dispute.closed_at = at
            kind.lost(dispute, charged, at=at)
    dispute.save()
    return dispute
