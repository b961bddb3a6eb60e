"""What a provider is asked for a purchase, and what is kept of its answer."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import F

from vitrine.orders.models import MoveKind, Order, Payment, PaymentMove, PaymentState
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Answer, Charge, OutcomeUnknown, Part


def of(payment: Payment) -> Charge:
    """Return what a payment asks of its provider: the same whenever it is asked. Queries: 0."""
    group = payment.group

    def parts() -> Sequence[Part]:
        orders = Order.objects.filter(group=group, total_minor__gt=F("stored_minor"))
        return [Part(one.public_id, one.asked_minor) for one in orders.order_by("pk")]

    return Charge(
        key=payment.key,
        amount_minor=payment.asked_minor,
        currency=group.currency,
        token=payment.method_token,
        reference=payment.reference,
        email=group.email,
        back_url=f"{settings.VITRINE_ORIGIN}{group.get_absolute_url()}",
        is_kept=group.buyer_id is not None,
        is_wanted=payment.state != PaymentState.ABANDONED,
        parts=parts,
    )


def page_of(payment: Payment) -> str:
    """Return where the buyer pays or proves who they are; "" where nothing is wanted any more."""
    try:
        answer = providers.named(payment.provider).find(of(payment))
    except OutcomeUnknown:
        return ""
    return answer.challenge_url if answer else ""


def note(payment: Payment, answer: Answer) -> list[str]:
    """Keep what an answer says of each order and of the card. The caller saves the payment.

    Returns the fields that changed. Queries: 0, or 1 for each order with its own authorisation.
    """
    for order_id, reference in answer.parts.items():
        mine = Order.objects.filter(group_id=payment.group_id, public_id=order_id)
        mine.update(charge_reference=reference)
    payment.reference = answer.reference
    if answer.method is None:
        return ["reference"]
    payment.method_token, payment.method_label = answer.method.token, answer.method.label[:60]
    return ["reference", "method_token", "method_label"]


def reference_of(move: PaymentMove) -> str:
    """Return what the provider knows a move's money by."""
    own = move.order.charge_reference if move.order else ""
    return own or move.payment.reference


def to_let_go(payment: Payment, answer: Answer) -> list[PaymentMove]:
    """Return the moves that let a whole charge go: one, or one for each authorisation. Unsaved."""
    if not answer.parts:
        return [
            PaymentMove(
                payment=payment,
                key=f"void:{payment.public_id}",
                kind=MoveKind.VOID,
                amount_minor=payment.asked_minor,
            )
        ]
    orders = Order.objects.filter(group_id=payment.group_id, public_id__in=answer.parts)
    return [
        PaymentMove(
            payment=payment,
            order=order,
            key=f"void:{payment.public_id}:{order.pk}",
            kind=MoveKind.VOID,
            amount_minor=order.asked_minor,
        )
        for order in orders.order_by("pk")
    ]
