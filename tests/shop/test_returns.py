"""A return through HTTP: a guest asks by the link, the shop answers, and the money goes back."""

import re

import pytest
from django.test import Client

from tests import make
from tests.orders.money import at_bank, balances
from vitrine.catalog.models import Role
from vitrine.orders.models import Order, OrderState, Return, ReturnState

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make.handed_over(make.variant(stock=3), quantity=2)


def guest(of: Order) -> tuple[Client, str]:
    """Return a browser that has opened the link, and where the order is."""
    client, page = Client(), of.group.get_absolute_url()
    client.get(f"{page}?key={of.group.link_token}")
    return client, f"{page}/{of.public_id}"


def clerk(of: Order) -> tuple[Client, str]:
    person, client = make.person(), Client()
    make.member(of.merchant, person, Role.ORDERS)
    client.force_login(person)
    return client, f"/market/{of.merchant.slug}"


def sent(of: Order, units: int, **said: str) -> dict[str, str]:
    return {"key": "press", f"units-{of.lines.get().pk}": str(units), "reason": "broken", **said}


def test_a_guest_asks_the_shop_answers_and_the_price_comes_back(order: Order) -> None:
    buyer, there = guest(order)
    seller, shop = clerk(order)

    page = buyer.get(f"{there}/returns").content.decode()
    assert "2 can be sent back" in page
    answer = buyer.post(f"{there}/returns", sent(order, 1, words="The glass is cracked"))
    assert answer.status_code == 302
    buyer.post(f"{there}/returns", sent(order, 1, words="The glass is cracked"))
    (back,) = Return.objects.all()
    assert "with something sent back" in seller.get(f"{shop}/").content.decode()
    listed = seller.get(f"{shop}/orders/?show=returns").content.decode()
    one = seller.get(f"{shop}/orders/{order.public_id}/").content.decode()
    assert order.public_id in listed
    assert "The glass is cracked" in one
    path = f"{shop}/returns/{back.public_id}"
    seller.post(f"{path}/answer/", {"approve": "", "answer": "Send it to 1 Main Street"})
    assert "Send it to 1 Main Street" in buyer.get(order.group.get_absolute_url()).content.decode()
    seller.post(f"{path}/reception/")
    line = back.lines.get().pk
    done = seller.post(f"{path}/settlement/", {f"came-{line}": "1", f"restocked-{line}": "0"})

    assert done.status_code == 302
    back.refresh_from_db()
    assert back.state == ReturnState.SETTLED
    assert at_bank() == {"capture": 4_675, "refund": 2_080}
    told = buyer.get(order.group.get_absolute_url()).content.decode()
    assert "A part was given back" in told
    assert "Given back: $20.80, to Test card." in told


def test_what_was_typed_wrongly_stays_and_says_why(order: Order) -> None:
    buyer, there = guest(order)

    none = buyer.post(f"{there}/returns", sent(order, 0, words="Mine"))
    more = buyer.post(f"{there}/returns", sent(order, 3, words="Mine"))
    no_reason = buyer.post(f"{there}/returns", sent(order, 1, reason="", words="Mine"))
    stranger = Client().get(f"{there}/returns")

    assert (none.status_code, more.status_code, no_reason.status_code) == (409, 422, 422)
    assert "Choose what to send back" in none.content.decode()
    assert "Choose why you send it back." in no_reason.content.decode()
    assert all("Mine" in page.content.decode() for page in (none, more, no_reason))
    assert stranger.status_code == 404
    assert not Return.objects.exists()


def test_two_clicks_withdraw_from_all_of_it(order: Order) -> None:
    buyer, there = guest(order)
    seller, shop = clerk(order)
    page = buyer.get(order.group.get_absolute_url()).content.decode()
    assert re.search(rf'<details.*action="{re.escape(there)}/withdrawal"', page, re.DOTALL)

    assert buyer.post(f"{there}/withdrawal").status_code == 302
    assert buyer.post(f"{there}/withdrawal").status_code == 302  # a second press is the same one
    (back,) = Return.objects.all()
    path, line = f"{shop}/returns/{back.public_id}", back.lines.get().pk
    seller.post(f"{path}/reception/")
    seller.post(f"{path}/settlement/", {f"came-{line}": "2", f"restocked-{line}": "2"})

    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert balances() == {}
    assert "withdrawal" not in buyer.get(order.group.get_absolute_url()).content.decode()


def test_a_shop_says_why_and_what_it_typed_wrongly_stays(order: Order) -> None:
    buyer, there = guest(order)
    seller, shop = clerk(order)
    buyer.post(f"{there}/returns", sent(order, 2))
    (back,) = Return.objects.all()
    path, line = f"{shop}/returns/{back.public_id}", back.lines.get().pk

    mute = seller.post(f"{path}/answer/", {"refuse": "", "answer": " "})
    early = seller.post(f"{path}/reception/")
    seller.post(f"{path}/answer/", {"approve": "", "answer": "Send it"})
    seller.post(f"{path}/reception/")
    odd = {f"came-{line}": "2", f"restocked-{line}": "3", "note": "A scratch"}
    too_many = seller.post(f"{path}/settlement/", odd)
    no_number = seller.post(f"{path}/settlement/", {f"came-{line}": "two"})
    other, _ = clerk(make.handed_over(make.variant(stock=1)))
    strangers = other.post(f"{path}/reception/")

    assert (mute.status_code, early.status_code) == (422, 409)
    assert (too_many.status_code, no_number.status_code, strangers.status_code) == (409, 409, 404)
    assert 'value="A scratch"' in too_many.content.decode()
    assert 'value="3" required' in too_many.content.decode()
    assert 'value="two" required' in no_number.content.decode()
    assert "refund" not in at_bank()


def test_a_part_of_the_price_is_given_back_and_no_more_than_was_paid(order: Order) -> None:
    seller, shop = clerk(order)
    path = f"{shop}/orders/{order.public_id}/refund/"
    typed = {"reason": "Came late", "key": "press"}

    for amount in ("5.00", "5.00"):
        assert seller.post(path, {**typed, "amount": amount}).status_code == 302
    odd = seller.post(path, {**typed, "amount": "five"})
    much = seller.post(path, {**typed, "amount": "99", "key": "other"})

    assert (odd.status_code, much.status_code) == (422, 409)
    assert 'value="five"' in odd.content.decode()
    assert "No more can be given back than was paid." in much.content.decode()
    assert at_bank() == {"capture": 4_675, "refund": 500}


def test_two_returns_of_an_order_are_told_apart(order: Order) -> None:
    buyer, there = guest(order)
    seller, shop = clerk(order)
    for press in ("first", "second"):
        buyer.post(f"{there}/returns", sent(order, 1, key=press))

    page = " ".join(seller.get(f"{shop}/orders/{order.public_id}/").content.decode().split())

    assert 'A return <span class="muted">1</span></h2>' in page
    assert 'A return <span class="muted">2</span></h2>' in page
    assert "What was bought" in page  # it has left, so there is nothing to pack
