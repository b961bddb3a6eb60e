"""The page of a purchase: what became of each of its orders, in the order they were bought in."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import signed_in, url
from vitrine.orders.models import Order, OrderGroup

pytestmark = pytest.mark.django_db


def guest(of: OrderGroup) -> Client:
    """Return a browser that has opened the link."""
    client = Client()
    client.get(f"{of.get_absolute_url()}?key={of.link_token}")
    return client


@pytest.fixture
def group() -> OrderGroup:
    """A purchase at two shops."""
    return make.purchase(make.variant(stock=2), make.variant(stock=2)).group


def test_orders_stay_where_they_were_whatever_becomes_of_them(group: OrderGroup) -> None:
    first, second = group.orders.order_by("pk")
    Order.objects.filter(pk=first.pk).update(returns_text="Written later")

    page = guest(group).get(group.get_absolute_url())

    assert [story.order.pk for story in page.context["stories"]] == [first.pk, second.pk]


def test_what_is_refused_is_told_at_its_own_order(group: OrderGroup) -> None:
    first, second = group.orders.order_by("pk")
    buyer, reason = guest(group), "so " * 100

    page = buyer.post(
        f"{group.get_absolute_url()}/{second.public_id}/cancellation", {"reason": reason}
    )

    told = page.content.decode()
    assert page.status_code == 422
    assert told.count('role="alert"') == told.count('<details class="fold" open>') == 1
    assert told.count(reason.strip()) == 1
    assert told.index(f"order-{second.public_id}") < told.index('role="alert"')
    assert told.index(f"order-{first.public_id}") < told.index(f"order-{second.public_id}")


def test_a_buyer_reads_what_went_back_and_why() -> None:
    order = make.handed_over(make.variant(stock=1))
    seller = signed_in(order.merchant.memberships.get().person)

    seller.post(
        url("refund", order.merchant, order.public_id),
        {"key": "press", "amount": "5.25", "reason": "The glaze is crazed"},
    )

    told = guest(order.group).get(order.group.get_absolute_url()).content.decode()
    assert "A part was given back" in told
    assert "The glaze is crazed" in told
    assert "<dt>Given back</dt><dd>$5.25</dd>" in told


def test_a_list_names_things_apart_and_each_state_once(client: Client) -> None:
    shop, buyer = make.merchant(name="Lamps"), make.person()
    lamp = make.variant(make.product(shop, title="Lamp, brass"), stock=1)
    mug = make.variant(make.product(shop, title="Mug, blue"), stock=1)
    make.purchase(lamp, mug, buyer=buyer)
    client.force_login(buyer)

    told = client.get("/orders").content.decode()

    assert "Lamp, brass · Mug, blue" in told
    assert told.count("Lamps: placed") == 1
