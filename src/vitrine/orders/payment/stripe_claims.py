"""Disputes at Stripe: what a bank claims back, and what is said against it."""

from datetime import UTC, datetime

from stripe import Dispute

from vitrine.orders.payment.provider import Claim
from vitrine.orders.payment.stripe_line import client, told_apart

_STATES = {
    "needs_response": "needs_response",
    "under_review": "under_review",
    "won": "won",
    "lost": "lost",
    # A bank that only asks has taken nothing yet.
    "warning_needs_response": "needs_response",
    "warning_under_review": "under_review",
    "warning_closed": "won",
    "prevented": "won",
}


def read(reference: str) -> Claim:
    """Ask what became of a dispute. Raises: OutcomeUnknown, ProviderRefused."""
    with told_apart():
        found = client().v1.disputes.retrieve(reference)
    due = found.evidence_details.due_by
    charged = found.payment_intent
    return Claim(
        reference=found.id,
        charge=charged if isinstance(charged, str) else (charged.id if charged else ""),
        amount_minor=found.amount,
        fee_minor=max(0, sum(one.fee for one in found.balance_transactions)),
        reason=found.reason,
        state=_state(found),
        due_at=datetime.fromtimestamp(due, UTC) if due else None,
    )


def submit(*, key: str, reference: str, text: str) -> None:
    """Hand evidence in, for good. Raises: OutcomeUnknown, ProviderRefused."""
    with told_apart():
        client().v1.disputes.update(
            reference,
            {"evidence": {"uncategorized_text": text}, "submit": True},
            {"idempotency_key": key},
        )


def _state(found: Dispute) -> str:
    """Return our word for it; of an appeal, how it stands while it is looked at."""
    return _STATES.get(found.status, "under_review")
