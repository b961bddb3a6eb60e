"""Notices in the app of what happens to an order: to its buyer, and to its seller's people.

Written by the jobs that mail, so that a purchase waits for none of them. A job that runs twice
tells once. Nobody is named to the other: a handle is not what an order is bought under.
"""

from datetime import datetime

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Membership, Role
from vitrine.orders.models import Message, Order, OrderGroup, Side

SELLING = [Role.OWNER, Role.ORDERS]
COUNTERS = [*SELLING, Role.COUNTER]
"""Whom an order that is collected at a store concerns."""


def tell_of_purchase(group: OrderGroup, *, at: datetime) -> None:
    """Tell the buyer that it is placed, and each seller's people that there is an order.

    Queries: 1, and for each order 2 and 1 for each person.
    """
    for order in group.orders.select_related("merchant").order_by("pk"):
        tell_of_step(order, "placed", at=at)
        roles = COUNTERS if order.is_pickup else SELLING
        sellers = Membership.objects.filter(merchant=order.merchant_id, role__in=roles)
        path = f"/market/{order.merchant.slug}/orders/{order.public_id}/"
        for person in sellers.order_by("person").values_list("person", flat=True).distinct():
            telling.tell(Kind.SALE, whom=person, by=None, path=path, item=order.public_id, at=at)


def tell_of_step(order: Order, step: str, *, at: datetime) -> None:
    """Tell the buyer one step of their order; a guest reads it in the mail alone. Queries: 1.

    order: with its group.
    """
    if order.group.buyer_id is None:
        return
    telling.tell(
        Kind.ORDER,
        whom=order.group.buyer_id,
        by=None,
        path=order.group.get_absolute_url(),
        item=f"{order.public_id}:{step}",
        at=at,
    )


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
