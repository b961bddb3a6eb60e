"""Receipts: what they are written from, read by statements planned once, and their text.

Written in code where other letters are templates: a cell in a rush writes hundreds a second, and
a template takes four times as long. Source: docs/adr/0088-receipts-that-join.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext

from vitrine.catalog.models import Merchant
from vitrine.kernel import prepared
from vitrine.kernel.money import format_minor
from vitrine.orders.models import Destination, Order, OrderGroup, Payment
from vitrine.orders.payment import providers
from vitrine.sovereignty.cell import locale, moment

PURCHASES = (
    f"SELECT {prepared.columns((OrderGroup, 'g'), (Payment, 'p'))} "  # noqa: S608 (our own names)
    "FROM orders_ordergroup g JOIN orders_payment p ON p.group_id = g.id "
    "WHERE g.id = ANY (%s) ORDER BY g.id"
)
ORDERS = (
    f"SELECT {prepared.columns((Order, 'o'), (Destination, 'd'))} "  # noqa: S608 (our own names)
    "FROM orders_order o LEFT JOIN orders_destination d ON d.id = o.destination_id "
    "WHERE o.group_id = ANY (%s) ORDER BY o.id"
)
SHOPS = (
    f"SELECT {prepared.columns((Merchant, 'm'))} "  # noqa: S608 (our own names)
    "FROM catalog_merchant m WHERE m.id = ANY (%s)"
)
LINES = (
    "SELECT order_id, quantity, title, options, goods_minor, clip_id FROM orders_orderline"
    " WHERE order_id = ANY (%s) ORDER BY id"
)
TAXES = (
    "SELECT order_id, name, amount_minor FROM orders_ordertax WHERE order_id = ANY (%s) ORDER BY id"
)


class Line(NamedTuple):
    """A line of an order, as its receipt says it."""

    quantity: int
    title: str
    options: str
    goods_minor: int
    clip: int | None


class Tax(NamedTuple):
    """What an order owes one authority. name: to be translated."""

    name: str
    amount_minor: int


@dataclass(frozen=True)
class Part:
    """One order of a purchase. order: with its merchant and where it goes."""

    order: Order
    lines: list[Line] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        """Tell whether anything of it was met on a clip."""
        return any(line.clip is not None for line in self.lines)


@dataclass(frozen=True)
class Receipt:
    """A purchase as its receipt tells it. group: with its payment."""

    group: OrderGroup
    parts: Sequence[Part]


def read(group_ids: Sequence[int]) -> list[Receipt]:
    """Return what the receipts of purchases are written from. Queries: 5."""
    parts: dict[int, list[Part]] = defaultdict(list)
    by_order: dict[int, Part] = {}
    for part in _parts(group_ids):
        parts[part.order.group_id].append(part)
        by_order[part.order.pk] = part
    asked = [list(by_order)]
    for order_id, *line in prepared.rows(LINES, asked):
        by_order[order_id].lines.append(Line(*line))
    for order_id, *tax in prepared.rows(TAXES, asked):
        by_order[order_id].taxes.append(Tax(*tax))
    receipts = []
    for row in prepared.rows(PURCHASES, [group_ids]):
        group, group.payment = prepared.instances(row, OrderGroup, Payment)
        receipts.append(Receipt(group, parts[group.pk]))
    return receipts


def _parts(group_ids: Sequence[int]) -> Iterator[Part]:
    beyond = len(Order._meta.concrete_fields)
    rows = prepared.rows(ORDERS, [group_ids])
    orders: list[Order] = []
    for row in rows:
        order: Order
        (order,) = prepared.instances(row, Order)
        if order.destination_id is not None:
            (order.destination,) = prepared.instances(row[beyond:], Destination)
        orders.append(order)
    shops = _shops({order.merchant_id for order in orders})
    for order in orders:
        order.merchant = shops[order.merchant_id]
        yield Part(order)


def _shops(merchant_ids: Iterable[int]) -> dict[int, Merchant]:
    rows = prepared.rows(SHOPS, [list(merchant_ids)])
    shops: list[Merchant] = [prepared.instances(row, Merchant)[0] for row in rows]
    return {shop.pk: shop for shop in shops}


def link(group: OrderGroup) -> str:
    """Return the address of a purchase for whoever holds it: no log-in needed."""
    return f"{settings.VITRINE_ORIGIN}{group.get_absolute_url()}?key={group.link_token}"


def text(receipt: Receipt) -> str:
    """Write a receipt in the language that is spoken now."""
    return "\n".join(_said(receipt))


def _said(receipt: Receipt) -> Iterator[str]:
    group, told = receipt.group, locale()

    def money(amount_minor: int) -> str:
        return format_minor(amount_minor, group.currency, locale=told)

    assert group.placed_at is not None  # noqa: S101 (it is placed with its row of what is due)
    yield gettext("Thank you, {name}.").format(name=group.name)
    yield ""
    yield gettext("Order {public_id}, {placed_at}").format(
        public_id=group.public_id, placed_at=moment(group.placed_at)
    )
    for part in receipt.parts:
        order = part.order
        yield ""
        yield order.merchant.name
        for line in part.lines:
            options = f" ({line.options})" if line.options else ""
            yield f"  {line.quantity} × {line.title}{options}  {money(line.goods_minor)}"
        yield f"  {order.delivery_name}  {money(order.delivery_minor)}"
        if order.destination is not None:
            yield f"  {gettext('Goes to {address}').format(address=order.destination)}"
        if order.off_minor:
            yield f"  {gettext('Taken off')}  −{money(order.off_minor)}"
        for tax in part.taxes:
            inside = f" ({gettext('included')})" if order.tax_included else ""
            yield f"  {gettext(tax.name)}{inside}  {money(tax.amount_minor)}"
        yield f"  {gettext('Together  {amount}').format(amount=money(order.total_minor))}"
        yield f"  {order.returns_text or order.merchant.returns_line}"
    yield ""
    yield gettext("Total  {amount}").format(amount=money(group.total_minor))
    yield gettext("Paid with  {method}").format(method=group.payment.paid_with)
    if providers.named(group.payment.provider).is_test:
        yield gettext("Test mode: no money moves.")
    yield ""
    withheld_until = receipt.parts[0].order.withheld_until
    if withheld_until is not None:
        yield gettext(
            "Nothing leaves before {until}: until then you can take it back for certain."
        ).format(until=moment(withheld_until))
        yield ""
    yield gettext("Follow it, cancel it or collect it here; no log-in is needed:")
    yield link(group)
