"""Send something else for what comes back: an order at no price, with its stock held at once.

It is an order like any other: it is packed, sent, tracked and told in the same way, and it moves
no money. Source: docs/adr/0070-after-the-order.md.
"""

import hashlib
import secrets
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext

from vitrine.catalog.models import Variant
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel.errors import Refusal
from vitrine.orders import codes, exchanged, placing, settling
from vitrine.orders.checkout import HOLD
from vitrine.orders.models import Order, OrderGroup, OrderLine, Payment, Return, ReturnLine
from vitrine.orders.models.addressee import PERSONAL
from vitrine.orders.payment.provider import Answer, Outcome
from vitrine.orders.placing import Draft
from vitrine.orders.routing import Destination, Need
from vitrine.sovereignty.cell import local_day


class NotEqual(Refusal):
    """What is wanted instead is not for sale at the same price."""

    code = "not_equal"
    message = "Only another choice of the same product at the same price can be sent instead."


def refuse_unequal(line: OrderLine, variant: Variant, *, at: datetime) -> None:
    """Let a choice of the same product at the same price stand in for a line. Raises: NotEqual.

    line: with its variant.
    """
    same = variant.product_id == line.variant.product_id and variant.withdrawn_at is None
    if not same or variant.price_at(at) != exchanged.unit_minor(line):
        raise NotEqual


def choices(line: OrderLine, *, at: datetime) -> list[Variant]:
    """Return what can be sent instead of a line: in stock, and at the same price.

    Queries: 1, and 1 for each exchange before.
    """
    offered = Variant.objects.filter(product=line.variant.product_id, withdrawn_at=None)
    in_stock = offered.filter(
        stock__on_hand__gt=F("stock__reserved"), stock__location__closed_at=None
    ).distinct()
    ordered = in_stock.order_by("position", "pk")
    paid_minor = exchanged.unit_minor(line)
    return [one for one in ordered if one.price_at(at) == paid_minor]


def place(of: Return, payment: Payment, *, at: datetime) -> Order:
    """Place the order that brings what is wanted instead, and hold its stock.

    The payment of the first order is held.
    Raises: SoldOut, StockBusy, Refusal where the shop may not sell.
    """
    if of.order.merchant.shut_at is not None:
        raise Refusal(gettext("Your shop may not sell at the moment, so nothing can be exchanged."))
    draft = _draft(of, payment, at=at)
    (left,) = placing.place_all([draft])
    if left is not None:
        raise SoldOut(gettext("What the buyer wants instead is sold out."))
    settling.settle(draft.payment, Answer(Outcome.AUTHORISED, ""), at=at)
    return Order.objects.get(group=draft.group)


def _draft(of: Return, payment: Payment, *, at: datetime) -> Draft:
    old, key = payment.group, f"instead:{of.public_id}"
    group = OrderGroup(
        key=key,
        digest=hashlib.sha256(key.encode()).digest(),
        buyer_id=old.buyer_id,
        link_token=secrets.token_urlsafe(32),
        currency=old.currency,
        **_nothing("goods", "delivery", "tax", "total"),
        created_at=at,
        expires_at=at + HOLD,
        email=old.email,
        **{name: getattr(of.order.goes_to, name) for name in ("region", *PERSONAL)},
    )
    order = _order(of.order, group, at=at)
    wanted = [one for one in of.lines.select_related("instead__product") if one.instead]
    to = Destination(group.region, group.postcode)
    return Draft(
        group=group,
        destinations=[],
        orders=[order],
        lines=[(order, line) for line in _lines(order, wanted)],
        taxes=[],
        payment=Payment(
            group=group,
            provider=payment.provider,
            key=f"charge:{group.public_id}",
            method_token=payment.method_token,
            method_label=payment.method_label,
            amount_minor=0,
            created_at=at,
        ),
        needs=[
            Need(one.instead_id, one.quantity, order.pickup_location_id, to)
            for one in wanted
            if one.instead_id is not None
        ],
    )


def _order(old: Order, group: OrderGroup, *, at: datetime) -> Order:
    """Return the order: brought as the first one was, and as many days from now."""
    later = local_day(at) - local_day(old.placed_at or at)
    order = Order(
        group=group,
        merchant=old.merchant,
        delivery_option_id=old.delivery_option_id,
        delivery_name=old.delivery_name,
        returns_text=old.returns_text,
        returns_days=old.returns_days,
        pickup_location=old.pickup_location,
        **_nothing("goods", "delivery", "tax", "total", "fee"),
        tax_included=old.tax_included,
        arrives_from_on=old.arrives_from_on and old.arrives_from_on + later,
        arrives_until_on=old.arrives_until_on and old.arrives_until_on + later,
    )
    if old.is_pickup:
        order.pickup_code_digest = codes.digest(order.public_id, codes.new(order.public_id))
    return order


def _lines(order: Order, wanted: list[ReturnLine]) -> list[OrderLine]:
    """Return a line for each choice: two lines that ask for the same one are one."""
    units: dict[int, int] = {}
    chosen: dict[int, Variant] = {}
    for one in wanted:
        if one.instead is not None:
            chosen[one.instead.pk] = one.instead
            units[one.instead.pk] = units.get(one.instead.pk, 0) + one.quantity
    return [
        OrderLine(
            order=order,
            variant=variant,
            title=variant.product.title,
            options=" / ".join(variant.option_values)[:250],
            sku=variant.sku,
            quantity=units[pk],
            **_nothing("unit", "goods", "tax"),
            taxes={},
        )
        for pk, variant in chosen.items()
    ]


def _nothing(*names: str) -> dict[str, int]:
    return {f"{name}_minor": 0 for name in names}
