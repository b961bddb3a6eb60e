"""Take what providers tell by themselves: each message once, and only as a hint to ask again."""

from datetime import datetime

from vitrine.orders import disputes, settling
from vitrine.orders.charges import disputing, kinds
from vitrine.orders.charges import settling as charge_settling
from vitrine.orders.models import DisputeState, Payment, ProviderEvent
from vitrine.orders.payment.provider import Event
from vitrine.orders.payouts import remitting


def receive(provider: str, event: Event, *, at: datetime) -> bool:
    """Take a verified webhook: ask for the truth and settle it. False if it was taken before.

    The event is only noted once its effect is committed, so a crash between leads to a retry.
    """
    if ProviderEvent.objects.filter(provider=provider, event_id=event.id).exists():
        return False
    payment = _of_purchase(provider, event, at=at)
    if payment is None and not _of_something_else(provider, event, at=at):
        return False
    ProviderEvent.objects.bulk_create(
        [ProviderEvent(payment=payment, provider=provider, event_id=event.id, received_at=at)],
        ignore_conflicts=True,
    )
    return True


def _of_purchase(provider: str, event: Event, *, at: datetime) -> Payment | None:
    """Act on what a webhook tells of a purchase. Returns its charge; None: it is of none."""
    if event.dispute:
        dispute = disputes.hear(provider, event.dispute, at=at)
        if dispute is None:
            return None
        if dispute.state == DisputeState.NEEDS_RESPONSE:
            settling.later(
                "tell_shop", order_id=dispute.order_id, step="disputed", about=dispute.public_id
            )
        return dispute.payment
    mine = Payment.objects.filter(provider=provider, key=event.payment_key)
    payment = mine.select_related("group").first()
    if payment is not None:
        settling.resolve(payment, at=at)
    return payment


def _of_something_else(provider: str, event: Event, *, at: datetime) -> bool:
    """Act on what a webhook tells of a payout, a gift card or the like; False: it is of none."""
    if event.payout:
        return remitting.hear(provider, event.payout, at=at)
    if event.dispute:
        return disputing.hear(provider, event.dispute, at=at) is not None
    charged = kinds.find(provider=provider, charge_key=event.payment_key)
    if charged is not None:
        charge_settling.resolve(charged, at=at)
    return charged is not None
