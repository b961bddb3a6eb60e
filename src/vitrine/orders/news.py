"""Mail to the buyer: the receipt, and what happens to each order. Leaves through the gate."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import languages
from vitrine.kernel import sweeping
from vitrine.orders import codes, receipts
from vitrine.orders.models import (
    Message,
    Order,
    OrderState,
    Refund,
    Return,
    Shipment,
    Side,
)
from vitrine.orders.notices import sellers
from vitrine.orders.receipts import Receipt, link
from vitrine.sovereignty import gate

log = logging.getLogger(__name__)

SUBJECTS = {
    OrderState.READY: gettext_noop("Ready to collect from {merchant}"),
    OrderState.SHIPPED: gettext_noop("{merchant} has sent your order"),
    OrderState.COLLECTED: gettext_noop("Collected from {merchant}"),
    OrderState.CANCELLED: gettext_noop("Cancelled: your order from {merchant}"),
    "reminder": gettext_noop("Still waiting for you at {merchant}"),
    "unclaimed": gettext_noop("Not collected, so cancelled: your order from {merchant}"),
    OrderState.REFUNDED: gettext_noop("Refunded: your order from {merchant}"),
    "parcel_sent": gettext_noop("Another parcel from {merchant} is on its way"),
    "part_refunded": gettext_noop("{merchant} has given a part back"),
    "return_approved": gettext_noop("{merchant} takes your return"),
    "return_refused": gettext_noop("{merchant} does not take your return"),
    "return_received": gettext_noop("Your return has arrived at {merchant}"),
}

TO_COLLECT = frozenset({OrderState.READY.value, "reminder"})


def send_receipts(bought: Sequence[Receipt]) -> list[int]:
    """Mail of each purchase what was bought, at what price, from whom, and where to follow it.

    Returns those whose letter went, by id; why another did not is logged. Queries: 2.
    """
    spoken = languages.of_addresses(receipt.group.email for receipt in bought)

    def written(receipt: Receipt) -> tuple[int, gate.Letter]:
        with spoken(receipt.group.email):
            return receipt.group.pk, _letter(receipt)

    letters = sweeping.each(bought, written)
    faults = gate.send_mails([letter for _, letter in letters])
    went = []
    for (group_id, _), fault in zip(letters, faults, strict=True):
        if fault is None:
            went.append(group_id)
        else:
            log.warning("receipt of purchase %s did not go", group_id, exc_info=fault)
    return went


def _letter(receipt: Receipt) -> gate.Letter:
    group = receipt.group
    subject = gettext("Your order {number} at Vitrine").format(number=group.public_id[-6:])
    return gate.Letter(group.email, subject, receipts.text(receipt), "receipt")


def send_order_news(order_id: int, kind: str, about: str = "") -> None:
    """Mail one step of an order. The code goes with the news that it is ready, and a reminder.

    about: the return or refund that it is a step of, by public id.
    """
    order = Order.objects.select_related("group", "merchant", "pickup_location").get(pk=order_id)
    with languages.of_address(order.group.email):
        gate.send_mail(
            to=order.group.email,
            subject=gettext(SUBJECTS[kind]).format(merchant=order.merchant.name),
            text=render_to_string(
                "orders/mail/news.txt",
                {
                    "order": order,
                    "group": order.group,
                    "kind": kind,
                    "code": codes.of_order(order) if kind in TO_COLLECT else "",
                    "fulfilment": getattr(order, "fulfilment", None),
                    "return": Return.objects.filter(public_id=about).first(),
                    "parcel": Shipment.objects.filter(public_id=about).first(),
                    "refund": Refund.objects.select_related("move").filter(public_id=about).first(),
                    "reason": _reason(order, kind),
                    "link": link(order.group),
                },
            ),
            purpose="order news",
        )


def _reason(order: Order, kind: str) -> str:
    """Return what somebody of the shop wrote to a step; "" if it was the buyer's, or nobody's."""
    step = order.events.filter(kind=kind).last()
    return step.reason if step and step.by_id not in {None, order.group.buyer_id} else ""


def send_message(message: Message) -> None:
    """Mail the other side that there is a message, not what it says: that stays in the cell.

    message: with its order, group and merchant. Queries: 0 to 1.
    """
    order = message.order
    buyer = link(order.group).replace("?", f"/{order.public_id}/messages?", 1)
    to = [(order.group.email, buyer)]
    if message.side == Side.BUYER:
        page = f"{settings.VITRINE_ORIGIN}/market/{order.merchant.slug}/orders/"
        there = f"{page}{order.public_id}/messages/"
        to = [(member.email, there) for member in sellers(order)]
    for address, where in to:
        with languages.of_address(address):
            gate.send_mail(
                to=address,
                subject=gettext("A message about order {number}").format(
                    number=order.public_id[-6:]
                ),
                text=render_to_string(
                    "orders/mail/message.txt", {"message": message, "link": where}
                ),
                purpose="order news",
            )
