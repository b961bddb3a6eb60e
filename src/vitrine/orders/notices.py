"""Notices in the app of what happens to an order: to its buyer, and to its seller's people.

Written by the jobs that mail, so that a purchase waits for none of them. A job that runs twice
tells once. Nobody is named to the other: a handle is not what an order is bought under.
"""

from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import datetime

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind, News
from vitrine.catalog.models import Membership, Role
from vitrine.orders.models import CardSale, Message, Order, OrderGroup, Side

SELLING = [Role.OWNER, Role.ORDERS]
KEEPING = [Role.OWNER, Role.FINANCE]
COUNTERS = [*SELLING, Role.COUNTER]
"""Whom an order that is collected at a store concerns."""
SHORT = {
    "return_approved": "approved",
    "return_refused": "refused",
    "return_received": "arrived",
    "part_refunded": "part",
    "parcel_sent": "parcel",
}
"""What a step is called in a notice, whose item is short."""


def tell_of_purchases(orders: Sequence[tuple[OrderGroup, Order]], *, at: datetime) -> None:
    """Tell buyers that it is placed, and each seller's people that there is an order. Queries: 2.

    orders: with their merchants.
    """
    people = _sellers_of({order.merchant_id for _, order in orders})
    news = [step for group, order in orders for step in _step(group, order, "placed", at=at)]
    for _, order in orders:
        path = f"/market/{order.merchant.slug}/orders/{order.public_id}/"
        concerned = COUNTERS if order.is_pickup else SELLING
        news += [
            News(Kind.SALE, person, None, path, at, item=order.public_id)
            for role, person in people[order.merchant_id]
            if role in concerned
        ]
    telling.tell_all(news)


def tell_shop_of_step(order: Order, step: str, *, about: str = "", at: datetime) -> None:
    """Tell a shop's people what a buyer did with an order.

    order: with its merchant. Queries: 2.
    """
    path = f"/market/{order.merchant.slug}/orders/{order.public_id}/"
    concerned = COUNTERS if order.is_pickup else SELLING
    item = f"{about or order.public_id}:{step}"
    people = _sellers_of({order.merchant_id})[order.merchant_id]
    whom = dict.fromkeys(person for role, person in people if role in concerned)
    telling.tell_all([News(Kind.SALE_NEWS, person, None, path, at, item=item) for person in whom])


def tell_shop_of_card(sale: CardSale, step: str, *, about: str = "", at: datetime) -> None:
    """Tell those who look after a shop's money what becomes of a gift card that it sells.

    sale: with its merchant. Queries: 2.
    """
    path, item = f"/market/{sale.merchant.slug}/cards/", f"{about or sale.public_id}:{step}"
    members = Membership.objects.filter(merchant=sale.merchant_id, role__in=KEEPING)
    whom = dict.fromkeys(members.order_by("pk").values_list("person", flat=True))
    telling.tell_all([News(Kind.SALE_NEWS, person, None, path, at, item=item) for person in whom])


def tell_of_step(order: Order, step: str, *, about: str = "", at: datetime) -> None:
    """Tell the buyer one step of their order; a guest reads it in the mail alone. Queries: 1.

    order: with its group. about: the return or refund that it is a step of.
    """
    telling.tell_all(_step(order.group, order, step, about=about, at=at))


def _step(
    group: OrderGroup, order: Order, step: str, *, about: str = "", at: datetime
) -> list[News]:
    if group.buyer_id is None:
        return []
    item = f"{about or order.public_id}:{SHORT.get(step, step)}"
    return [News(Kind.ORDER, group.buyer_id, None, group.get_absolute_url(), at, item=item)]


def _sellers_of(merchants: Set[int]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    members = Membership.objects.filter(merchant__in=merchants, role__in=COUNTERS)
    for merchant, role, person in members.values_list("merchant", "role", "person"):
        found[merchant].append((role, person))
    return found


def tell_of_message(message: Message, *, at: datetime) -> None:
    """Tell the other side of an order of a message. Queries: 1 to 2, and 1 for each person.

    message: with its order, group and merchant.
    """
    order = message.order
    path, people = message.get_absolute_url(), [order.group.buyer_id]
    if message.side == Side.BUYER:
        path = f"/market/{order.merchant.slug}/orders/{order.public_id}/messages/"
        people = [member.pk for member in sellers(order)]
    for whom in people:
        if whom is not None and whom != message.author_id:
            telling.tell(Kind.MESSAGE, whom=whom, by=None, path=path, at=at, item=message.public_id)


def sellers(order: Order) -> list[Person]:
    """Return the people of a shop who answer about its orders. Queries: 1."""
    members = Membership.objects.filter(merchant=order.merchant_id, role__in=SELLING)
    return list(Person.objects.filter(pk__in=members.values("person")).order_by("pk"))
