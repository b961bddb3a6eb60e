"""Move a charge's money: capture, void, refund. Stored first, asked of the provider, then settled.

A move is a row with its own key before the provider hears of it; asking again is harmless. Money
is posted in the transaction that learns that the provider did it, and only there (M3).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders import billing, charging, fee_tax, handing_over, refunding, sharing, spending
from vitrine.orders.models import (
    MoveKind,
    MoveState,
    Order,
    OrderEvent,
    OrderState,
    Payment,
    PaymentMove,
    Refund,
    RefundKind,
    Return,
    Shipment,
)
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.orders.payouts import releasing
from vitrine.orders.settling import later


def make(key: str, *, at: datetime) -> PaymentMove:
    """Ask the provider for a stored move and settle what it says. No transaction is open.

    What gift cards and credit pay it is not asked for, and nothing where nothing is left: such a
    move is of them alone, or of what the platform makes good. No answer in time leaves it asked,
    for the poller. Safe to call again.
    """
    move = PaymentMove.objects.select_related("payment", "order").get(key=key)
    if move.state != MoveState.ASKED:
        return move
    try:
        if move.asked_minor:
            providers.ask(
                move.payment.provider,
                move.kind,
                key=move.key,
                reference=charging.reference_of(move),
                amount_minor=move.asked_minor,
            )
    except OutcomeUnknown:
        return move
    except ProviderRefused as refused:
        return _settle_refused(move, refused.text, at=at)
    return _settle_done(move, at=at)


def silent(*, asked_before: datetime) -> list[str]:
    """Return the keys of moves that the provider has not answered."""
    asked = PaymentMove.objects.filter(state=MoveState.ASKED, asked_at__lt=asked_before)
    return list(asked.order_by("pk").values_list("key", flat=True))


@dataclass(frozen=True)
class Share:
    """What an order's merchant gets of it, and what goes off it before.

    The tax that the merchant hands on is the merchant's until then: passed_on is the platform's.
    What the platform took off is made good, and what was given back since is not theirs any more.
    """

    sold_minor: int
    passed_on_minor: int
    fee_minor: int
    fee_tax_minor: int
    given_back_minor: int

    @property
    def left_minor(self) -> int:
        """Return what is theirs."""
        taken = self.passed_on_minor + self.fee_minor + self.fee_tax_minor + self.given_back_minor
        return self.sold_minor - taken


def share_of(order: Order) -> Share:
    """Return what is an order's merchant's, step by step. Queries: 4 at most."""
    sold_minor = order.total_minor + order.discount_platform_minor
    return Share(
        sold_minor, passed_on(order), order.fee_minor, fee_tax_of(order), given_back(order)
    )


def merchant_share(order: Order) -> int:
    """Return what is an order's merchant's, all told. Queries: 4 at most."""
    return share_of(order).left_minor


def given_back(order: Order) -> int:
    """Return what refunds took from an order's merchant so far, less its fee. Queries: 1 to 2."""
    liable = {tax.authority for tax in order.taxes.all() if tax.platform_liable is not False}
    done = Refund.objects.filter(move__order=order, move__state=MoveState.DONE)
    return sum(one.sums.merchant_minor(liable) for one in done)


def fee_tax_of(order: Order) -> int:
    """Return the tax on an order's fee. Queries: 2 at most."""
    return sum(fee_tax.by_authority(order).values())


def passed_on(order: Order) -> int:
    """Return the tax of an order that the platform hands on. Queries: 0 or 1."""
    return sum(_platform_taxes(order).values())


def sale_legs(
    order: Order, *, provider: str, stored: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Return the legs of an order's sale: what the provider owes us, split by whose it is.

    Positive is what we owe, negative is what is owed to us. stored: what we owe less to whom has
    a gift card or credit, by account.
    """
    paid = stored or {}
    legs = Counter(_platform_taxes(order))
    legs.update({accounts.tax(name): due for name, due in fee_tax.by_authority(order).items()})
    return {
        accounts.provider(provider): -order.total_minor - sum(paid.values()),
        accounts.merchant_pending(order.merchant.public_id): order.total_minor
        + order.discount_platform_minor
        - order.fee_minor
        - sum(legs.values()),
        accounts.PLATFORM_FEES: order.fee_minor,
        **legs,
        **_made_good(order),
        **paid,
    }


def _made_good(order: Order) -> dict[str, int]:
    """Return what the platform took off the purchase and owes the merchant: its own cost."""
    off_minor = order.discount_platform_minor
    return {accounts.PLATFORM_PROMOTIONS: -off_minor} if off_minor else {}


def _platform_taxes(order: Order) -> dict[str, int]:
    """Return what the platform owes each authority; of older orders, all of it. Queries: 0 or 1."""
    return {
        accounts.tax(tax.authority): tax.amount_minor
        for tax in order.taxes.all()
        if tax.platform_liable is not False
    }


def reversed_legs(legs: Mapping[str, int]) -> dict[str, int]:
    """Return legs that take a transfer back."""
    return {account: -amount for account, amount in legs.items()}


@transaction.atomic
def _settle_done(move: PaymentMove, *, at: datetime) -> PaymentMove:
    """Record that the provider moved the money, once. Locks: the payment."""
    move, payment = _locked(move)
    if move.state != MoveState.ASKED:
        return move
    move.state = MoveState.DONE
    move.settled_at = at
    move.save(update_fields=["state", "settled_at"])
    match move.kind:
        case MoveKind.CAPTURE:
            _count(payment, "captured_minor", move)
            _captured(move, payment, at=at)
        case MoveKind.VOID:
            _count(payment, "voided_minor", move)
            if move.order is not None and move.stored_minor:
                spending.let_go(move.order, at=at)
        case MoveKind.REFUND:
            _count(payment, "refunded_minor", move)
            _refunded(move, payment, at=at)
    return move


@transaction.atomic
def _settle_refused(move: PaymentMove, reason: str, *, at: datetime) -> PaymentMove:
    """Record that the provider would not; the order stays as it was. Locks: the payment."""
    move, _payment = _locked(move)
    if move.state != MoveState.ASKED:
        return move
    move.state = MoveState.REFUSED
    move.reason = reason[:200]
    move.settled_at = at
    move.save(update_fields=["state", "reason", "settled_at"])
    if move.kind == MoveKind.CAPTURE:
        Shipment.objects.filter(order=move.order).update(sent_at=None)
    Return.objects.filter(refund__move=move).reopen()
    if move.order is not None:
        OrderEvent.record(move.order, f"{move.kind}_refused", at=at, note=reason[:200])
    return move


def _captured(move: PaymentMove, payment: Payment, *, at: datetime) -> None:
    """Post the sale and hand the order over: the one place where a sale is posted."""
    order = _order(move)
    stored = spending.take(move, order, at=at) if move.stored_minor else {}
    fee_tax.store(order, at=at)
    posting.post(
        key=move.key,
        legs=sale_legs(order, provider=payment.provider, stored=stored),
        currency=payment.group.currency,
        reason=Reason("order", order.public_id),
        at=at,
    )
    releasing.plan(move, order, currency=payment.group.currency, at=at)
    handing_over.finish(order, by=move.by, at=at)
    sharing.reckon_later(order)


def _refunded(move: PaymentMove, payment: Payment, *, at: datetime) -> None:
    """Post what goes back as it was worked out; an order of which nothing is left is refunded.

    A move without a refund was asked for by the release before: it is of the whole order.
    """
    order = _order(move)
    refund = Refund.objects.select_related("purse").filter(move=move).first()
    if refund is None:
        legs = reversed_legs(sale_legs(order, provider=payment.provider))
    else:
        stored = spending.give_back(move, order, refund.purse, at=at)
        legs = refunding.legs(refund, order, provider=payment.provider, stored=stored)
    posting.post(
        key=move.key,
        legs=releasing.taken_back(legs, order),
        currency=payment.group.currency,
        reason=Reason("refund", move.public_id),
        at=at,
    )
    if refund is not None:
        billing.credit(refund, order, at=at)
    if refund is None or refund.kind == RefundKind.WHOLE:
        handing_over.take_back(order, at=at)
    if refund is None or refunding.Account(order).is_closed:
        order.state = OrderState.REFUNDED
        order.save(update_fields=["state"])
        OrderEvent.record(order, "refunded", at=at, by=move.by, note=move.reason)
        later("send_order_news", order_id=order.pk, kind="refunded")
    else:
        OrderEvent.record(order, "part_refunded", at=at, by=move.by, note=move.reason)
        about = refund.public_id
        later("send_order_news", order_id=order.pk, kind="part_refunded", about=about)
    sharing.reckon_later(order)


def _locked(move: PaymentMove) -> tuple[PaymentMove, Payment]:
    payment = Payment.objects.locked().get(pk=move.payment_id)
    fresh = PaymentMove.objects.select_related("order__merchant", "by").get(pk=move.pk)
    return fresh, payment


def _order(move: PaymentMove) -> Order:
    if move.order is None:
        raise ValueError("captures and refunds are of an order")
    return move.order


def _count(payment: Payment, field: str, move: PaymentMove) -> None:
    Payment.objects.filter(pk=payment.pk).update(**{field: F(field) + move.amount_minor})
