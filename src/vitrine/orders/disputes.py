"""Disputes: heard from the provider, answered with evidence, and taken from the payee when lost."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts
from vitrine.orders import sharing
from vitrine.orders.models import Dispute, DisputeState, Order, OrderEvent, Payment
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Claim, ProviderRefused
from vitrine.orders.payouts import clawing_back


class AnsweredAlready(Refusal):
    """A bank takes one answer."""

    code = "dispute_answered"
    message = "This dispute was answered already, or is decided. A bank takes one answer only."


def hear(provider: str, reference: str, *, at: datetime) -> Dispute | None:
    """Ask the provider about a dispute and write down what it says; None if it is none of ours.

    Whoever comes first under the lock writes; the same told twice changes nothing. No transaction
    is open. Raises: OutcomeUnknown. Locks: the payment.
    """
    claim = providers.named(provider).claim(reference=reference)
    order = _order(provider, claim.charge)
    return _written(order, provider, claim, at=at) if order is not None else None


def answer(dispute: Dispute, evidence: str, *, by: Person, at: datetime) -> Dispute:
    """Hand a merchant's evidence to the bank, once; what was typed is kept before it is sent.

    Safe to call again with the same words after a lost answer. What the bank does not take is
    forgotten, so that other words can be sent.
    Raises: AnsweredAlready, OutcomeUnknown, ProviderRefused.
    """
    with transaction.atomic():
        held = Dispute.objects.select_for_update().get(pk=dispute.pk)
        if held.is_closed or held.evidence not in ("", evidence):
            raise AnsweredAlready
        if not evidence.strip():
            raise Refusal(gettext("Write what happened: an empty answer loses the dispute."))
        held.evidence, held.answered_by, held.answered_at = evidence, by, at
        held.save(update_fields=["evidence", "answered_by", "answered_at"])
    words = hashlib.sha256(evidence.encode()).hexdigest()[:16]
    try:
        providers.named(held.provider).submit_evidence(
            key=f"evidence:{held.public_id}:{words}", reference=held.reference, text=evidence
        )
    except ProviderRefused:
        heard = hear(held.provider, held.reference, at=at)
        if heard and heard.state == DisputeState.NEEDS_RESPONSE:  # else it was taken before
            kept = Dispute.objects.filter(pk=held.pk, evidence=evidence)
            kept.update(evidence="", answered_by=None, answered_at=None)
        raise
    return hear(held.provider, held.reference, at=at) or held


@transaction.atomic
def _written(order: Order, provider: str, claim: Claim, *, at: datetime) -> Dispute:
    payment = Payment.objects.locked().get(group=order.group_id)
    asked = Dispute(
        payment=payment,
        order=order,
        provider=provider,
        reference=claim.reference,
        currency=payment.group.currency,
        amount_minor=claim.amount_minor,
        reason=claim.reason[:60],
        state=DisputeState.NEEDS_RESPONSE,
        due_at=claim.due_at,
        opened_at=at,
    )
    Dispute.objects.bulk_create([asked], ignore_conflicts=True)
    dispute = Dispute.objects.get(provider=provider, reference=claim.reference)
    if dispute.public_id == asked.public_id:
        OrderEvent.record(order, "disputed", at=at, note=dispute.reason)
    if dispute.is_closed or dispute.state == claim.state:
        return dispute
    dispute.state, dispute.due_at, dispute.fee_minor = claim.state, claim.due_at, claim.fee_minor
    if claim.state in (DisputeState.WON, DisputeState.LOST):
        dispute.closed_at = at
        OrderEvent.record(order, f"dispute_{claim.state}", at=at)
    dispute.save(update_fields=["state", "due_at", "fee_minor", "closed_at"])
    if claim.state == DisputeState.LOST:
        _take_back(dispute, at=at)
    return dispute


def _take_back(dispute: Dispute, *, at: datetime) -> None:
    """Take what the bank took, and its fee, from the merchant. The one place that does."""
    clawing_back.claw_back(
        accounts.merchant(dispute.order.merchant.public_id),
        key=f"dispute:{dispute.public_id}",
        provider=dispute.provider,
        currency=dispute.currency,
        amount_minor=dispute.amount_minor,
        fee_minor=dispute.fee_minor,
        reason=dispute.reason,
        at=at,
    )
    sharing.reckon_later(dispute.order)


def _order(provider: str, charge: str) -> Order | None:
    """Return the order whose money a charge is; none for a charge without a name."""
    if not charge:  # most orders have no authorisation of their own: each would fit
        return None
    sold = Order.objects.select_related("merchant").filter(
        group__payment__provider=provider, total_minor__gt=F("stored_minor")
    )
    own = sold.filter(charge_reference=charge).first()
    return own or sold.filter(group__payment__reference=charge, charge_reference="").first()
