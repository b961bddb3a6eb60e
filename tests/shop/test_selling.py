"""The seller's order pages through HTTP: who may, what happens, what is posted."""

import pytest
from django.test import Client

from tests import make
from tests.orders.money import at_bank, balances
from vitrine.catalog.models import LocationKind, Role
from vitrine.ledger import accounts
from vitrine.orders import codes
from vitrine.orders.models import Order, OrderState
from vitrine.orders.payment.bank import BankCharge

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make.purchase(make.variant(stock=3)).group.orders.get()


def clerk(of: Order, role: Role = Role.ORDERS) -> Client:
    """Sign a member of the order's merchant in."""
    person = make.person()
    make.member(of.merchant, person, role)
    client = Client()
    client.force_login(person)
    return client


def url(of: Order, what: str = "") -> str:
    return f"/market/{of.merchant.slug}/orders/{of.public_id}/{what}"


def test_the_list_shows_what_waits_and_the_rest_on_request(order: Order) -> None:
    client, stranger_s = clerk(order), make.purchase(make.variant(stock=1)).group.orders.get()
    other = make.purchase(make.variant(order.lines.get().variant.product, stock=1))
    client.post(url(other.group.orders.get(), "dispatch/"))

    waiting = client.get(f"/market/{order.merchant.slug}/orders/").content.decode()
    done = client.get(f"/market/{order.merchant.slug}/orders/?show=done").content.decode()

    assert order.public_id in waiting
    assert other.group.orders.get().public_id not in waiting
    assert other.group.orders.get().public_id in done
    assert stranger_s.public_id not in waiting + done


def test_marking_as_shipped_takes_the_money_and_posts_it(order: Order) -> None:
    client = clerk(order)

    page = client.get(url(order)).content.decode()
    answer = client.post(url(order, "dispatch/"), {"carrier": "Post", "tracking": "T1"})

    assert "Mark as shipped" in page
    assert "$23.75" in page  # 25.95 − 1.00 tax − 1.20 fee
    assert answer.status_code == 302
    assert balances() == {
        "provider:sandbox": -2595,
        accounts.merchant_pending(order.merchant.public_id): 2375,
        "tax:US-NY": 100,
        "platform:fees": 120,
    }
    assert "T1" in client.get(url(order)).content.decode()
    assert client.post(url(order, "dispatch/")).status_code == 409
    assert at_bank() == {"capture": 2595}


def test_a_collection_is_readied_and_handed_over_for_its_code() -> None:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)
    order = make.purchase(lamp, store=store).group.orders.get()
    client = clerk(order, Role.COUNTER)

    client.post(url(order, "readiness/"))
    wrong = client.post(url(order, "collection/"), {"code": "NOTTHIS1"})
    right = client.post(url(order, "collection/"), {"code": codes.of_order(order)})

    assert (wrong.status_code, right.status_code) == (409, 302)
    assert "That is not the code of this order." in wrong.content.decode()
    assert 'value="NOTTHIS1"' in wrong.content.decode()
    order.refresh_from_db()
    assert order.state == OrderState.COLLECTED
    assert balances()["provider:sandbox"] == -2080


def test_a_dispatch_that_came_too_late_shows_where_the_order_stands(order: Order) -> None:
    client = clerk(order)
    client.post(url(order, "cancellation/"), {"reason": "Broken"})

    page = client.post(url(order, "dispatch/"), {"carrier": "Post"})
    document = client.post(url(order, "dispatch/"), headers={"Accept": "application/json"})

    assert page.status_code == document.status_code == 409
    assert "This order is not open any more." in page.content.decode()
    assert "Cancelled" in page.content.decode()
    assert document.json()["code"] == "order_not_open"


def test_cancelling_and_refunding_leave_no_money_behind(order: Order) -> None:
    client = clerk(order)
    other = make.purchase(make.variant(order.lines.get().variant.product, stock=1))
    shipped = other.group.orders.get()
    client.post(url(shipped, "dispatch/"))

    client.post(url(order, "cancellation/"), {"reason": "Broken in the store"})
    client.post(url(shipped, "refund/"), {"reason": "Came broken"})

    order.refresh_from_db()
    shipped.refresh_from_db()
    assert (order.state, shipped.state) == (OrderState.CANCELLED, OrderState.REFUNDED)
    assert balances() == {}
    assert at_bank() == {"void": 2595, "capture": 2595, "refund": 2595}
    assert "Broken in the store" in client.get(url(order)).content.decode()


def test_a_bank_that_refuses_is_told_before_anything_leaves(order: Order) -> None:
    client = clerk(order)
    BankCharge.objects.update(outcome="declined")

    page = client.post(url(order, "dispatch/"), follow=True).content.decode()

    assert "Do not hand the order over" in page
    assert "The bank refused to pay" in page
    order.refresh_from_db()
    assert order.state == OrderState.PLACED
    assert balances() == {}


@pytest.mark.parametrize("what", ["", "dispatch/", "readiness/", "collection/", "refund/"])
def test_strangers_and_other_roles_find_nothing(order: Order, what: str) -> None:
    stranger = Client()
    stranger.force_login(make.person())

    for client in (stranger, clerk(order, Role.CATALOGUE), clerk(order, Role.FINANCE)):
        answer = client.post(url(order, what)) if what else client.get(url(order))
        assert answer.status_code == 404

    order.refresh_from_db()
    assert order.state == OrderState.PLACED
    assert at_bank() == {}
