"""Stripe's webhooks: believed only when signed, and then only as a hint to ask again."""

from django.conf import settings
from django.utils.translation import gettext
from stripe import Event as StripeEvent
from stripe import SignatureVerificationError, StripeObject, WebhookSignature

from vitrine.orders.payment.provider import BadSignature, Event
from vitrine.orders.payment.stripe_line import client

TOLERANCE_S = 300
"""How old a signature may be: older messages may be replayed by whoever overheard them."""


def read(body: bytes, signature: str) -> Event:
    """Read a signed message; one about nothing that we follow names nothing.

    Raises: BadSignature, also for a signature that is too old.
    """
    _verify(body, signature)
    try:
        event = client().construct_event_without_verification(body)
        return _about(event)
    except (AttributeError, KeyError, TypeError, ValueError) as other:
        raise BadSignature(gettext("The message is not one of the bank’s.")) from other


def _verify(body: bytes, signature: str) -> None:
    """Check the signature against each secret: another endpoint, or a new one, has its own."""
    said = ""
    for secret in settings.VITRINE_STRIPE_WEBHOOK_SECRET.split():
        try:
            WebhookSignature.verify_header(body, signature, secret, TOLERANCE_S)
        except (SignatureVerificationError, UnicodeDecodeError) as wrong:
            said += str(wrong)
        else:
            return
    if "tolerance" in said:
        raise BadSignature(gettext("The message is too old to be believed."))
    raise BadSignature


def _about(event: StripeEvent) -> Event:
    subject = event.data.object
    kind = str(event.type)
    if kind.startswith("charge.dispute."):
        return Event(event.id, dispute=str(subject["id"]))
    if kind.startswith(("refund.", "charge.refund.")):
        return Event(event.id, refund=str(subject["id"]))
    if kind.startswith("payout."):
        return Event(event.id, payout=str(subject["id"]))
    if kind.startswith(("payment_intent.", "checkout.session.")):
        return Event(event.id, payment_key=_charge(subject))
    return Event(event.id)


def _charge(subject: StripeObject) -> str:
    told = subject.to_dict()
    return str((told.get("metadata") or {}).get("charge", ""))
