"""The bag: put in, changed, bought across merchants, kept through signing in."""

import pytest
from django.test import Client

from tests import make
from tests.shop.test_buying import GUEST, HTMX, hidden
from vitrine.catalog.models import DeliveryOption
from vitrine.orders.models import BankCharge, Cart, CartLine, OrderGroup

pytestmark = pytest.mark.django_db


def put(client: Client, *variants: object) -> None:
    for variant in variants:
        client.post("/cart/lines", {"variant": getattr(variant, "public_id", "")})


def test_a_guest_buys_from_two_merchants_at_once(client: Client) -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9, price_minor=999)
    put(client, lamp, mug)
    page = client.get("/cart").content.decode()

    answer = client.post("/checkout", {**hidden(page), **GUEST}, headers=HTMX)

    assert "Buy now · $41.49 – pay" in page  # 25.95 + 15.54
    assert "Thank you" in answer.content.decode()
    group = OrderGroup.objects.get()
    assert {order.merchant for order in group.orders.all()} == {lamp.merchant, mug.merchant}
    assert group.total_minor == 2595 + 1554
    assert "Your bag is empty" in client.get("/cart").content.decode()


def test_a_second_of_the_same_is_added_to_its_line(client: Client) -> None:
    lamp = make.variant(stock=9)

    put(client, lamp, lamp)
    assert CartLine.objects.get().quantity == 2
    client.post(f"/cart/lines/{lamp.public_id}", {"quantity": "5"})
    assert CartLine.objects.get().quantity == 5
    client.post(f"/cart/lines/{lamp.public_id}", {"quantity": "0"}, headers=HTMX)

    assert not CartLine.objects.exists()


def test_a_decline_leaves_the_bag_as_it_was(client: Client) -> None:
    put(client, make.variant(stock=9))
    page = client.get("/cart").content.decode()

    form = {**hidden(page), **GUEST, "card": "test-declines"}
    assert client.post("/checkout", form, headers=HTMX).status_code == 422

    assert CartLine.objects.count() == 1


def test_a_second_press_of_the_bag_shows_the_order_again(client: Client) -> None:
    put(client, make.variant(stock=9), make.variant(stock=9))
    form = {**hidden(client.get("/cart").content.decode()), **GUEST}

    answers = [client.post("/checkout", form) for _ in range(2)]

    group = OrderGroup.objects.get()
    assert [one["Location"] for one in answers] == [group.get_absolute_url()] * 2
    again = client.post("/checkout", form, headers=HTMX).content.decode()
    assert "Thank you" in again
    assert BankCharge.objects.count() == 1


def test_a_second_press_of_the_bag_leaves_what_was_put_in_since(client: Client) -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    put(client, lamp)
    form = {**hidden(client.get("/cart").content.decode()), **GUEST}
    client.post("/checkout", form)
    put(client, mug)

    again = client.post("/checkout", form)

    assert again["Location"] == OrderGroup.objects.get().get_absolute_url()
    assert CartLine.objects.get().variant == mug


def test_another_body_with_the_bag_s_key_is_refused(client: Client) -> None:
    lamp = make.variant(stock=9)
    put(client, lamp)
    form = {**hidden(client.get("/cart").content.decode()), **GUEST}
    client.post("/checkout", form)
    put(client, lamp)

    again = client.post("/checkout", {**form, "name": "Someone Else"}, headers=HTMX)

    assert again.status_code == 409
    assert 'value="Someone Else"' in again.content.decode()
    assert OrderGroup.objects.get().name == "Gus Guest"


def test_a_guest_s_bag_becomes_theirs_when_they_sign_in(client: Client) -> None:
    bea, lamp, mug = make.person(), make.variant(stock=9), make.variant(stock=9)
    put(client, lamp)
    client.force_login(bea)
    put(client, mug)

    page = client.get("/cart").content.decode()

    assert lamp.product.title in page
    assert mug.product.title in page
    assert Cart.objects.get().person == bea


def test_a_withdrawn_product_stays_in_the_bag_until_removed_and_the_rest_is_bought(
    client: Client,
) -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9, price_minor=999)
    put(client, lamp, mug)
    lamp.product.withdraw(at=make.NOON)

    page = client.get("/cart").content.decode()
    answer = client.post("/checkout", {**hidden(page), **GUEST}, headers=HTMX)

    assert "No longer sold" in page
    assert f"Remove {lamp.product.title}" in page
    assert "Buy now · $15.54 – pay" in page
    assert "Thank you" in answer.content.decode()
    assert CartLine.objects.get().variant == lamp
    left = client.get("/cart").content.decode()
    assert "Nothing in your bag can be bought at the moment." in left
    removed = client.post(f"/cart/lines/{lamp.public_id}", {"quantity": "0"}, headers=HTMX)
    assert "Your bag is empty" in removed.content.decode()


def test_what_is_withdrawn_before_the_press_is_named_beside_the_form(client: Client) -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    put(client, lamp, mug)
    form = {**hidden(client.get("/cart").content.decode()), **GUEST}
    lamp.product.withdraw(at=make.NOON)

    answer = client.post("/checkout", form, headers=HTMX)
    html = answer.content.decode()

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#bag")
    assert f"“{lamp.product.title}” is no longer sold." in html
    assert f"Remove {lamp.product.title}" in html
    assert 'value="Gus Guest"' in html
    assert not OrderGroup.objects.exists()
    assert "Thank you" in client.post("/checkout", {**hidden(html), **GUEST}, headers=HTMX).text


def test_a_shop_that_delivers_nowhere_does_not_lock_the_bag(client: Client) -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    put(client, lamp, mug)
    DeliveryOption.objects.filter(merchant=lamp.merchant).update(withdrawn_at=make.NOON)

    page = client.get("/cart").content.decode()
    answer = client.post("/checkout", {**hidden(page), **GUEST}, headers=HTMX)

    assert "Not delivered at the moment" in page
    assert "Thank you" in answer.content.decode()
    assert CartLine.objects.get().variant == lamp


def test_what_was_put_in_after_the_page_was_drawn_is_not_bought_unseen(client: Client) -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    put(client, lamp)
    form = {**hidden(client.get("/cart").content.decode()), **GUEST}
    put(client, mug)

    answer = client.post("/checkout", form, headers=HTMX)

    assert "Thank you" in answer.content.decode()
    assert CartLine.objects.get().variant == mug


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "many", "9" * 5000])
def test_no_number_above_none_puts_at_least_one_in(client: Client, quantity: str) -> None:
    lamp = make.variant(stock=9)

    answer = client.post("/cart/lines", {"variant": lamp.public_id, "quantity": quantity})

    assert answer.status_code == 302
    assert CartLine.objects.get().quantity == 1


@pytest.mark.parametrize("quantity", ["", "-1", "1.5", "many", "9" * 5000])
def test_a_change_to_no_number_changes_nothing(client: Client, quantity: str) -> None:
    lamp = make.variant(stock=9)
    put(client, lamp, lamp)

    client.post(f"/cart/lines/{lamp.public_id}", {"quantity": quantity})

    assert CartLine.objects.get().quantity == 2


def test_another_quantity_keeps_what_was_typed_into_the_offer(client: Client) -> None:
    lamp = make.variant(stock=9)
    put(client, lamp)
    page = client.get("/cart").content.decode()

    change = {**hidden(page), **GUEST, "quantity": "2", "update": "1"}
    html = client.post(f"/cart/lines/{lamp.public_id}", change, headers=HTMX).content.decode()

    assert "Buy now · $46.75 – pay" in html
    assert 'value="Gus Guest"' in html
    assert 'aria-invalid="true"' not in html
    assert hidden(html)["key"] == hidden(page)["key"]


def test_a_draft_is_neither_put_in_nor_named(client: Client) -> None:
    draft = make.variant(make.product(published_at=None), stock=9)
    gone = make.variant(stock=9, withdrawn_at=make.NOON)

    for one in (draft, gone):
        answer = client.post("/cart/lines", {"variant": one.public_id}, headers=HTMX)
        assert answer.status_code == 409
        assert "not sold at the moment" in answer.content.decode()
        assert one.product.title not in answer.content.decode()

    assert not Cart.objects.exists()


def test_what_is_not_sold_cannot_be_put_in(client: Client) -> None:
    assert client.post("/cart/lines", {"variant": "nothing"}).status_code == 404
    assert not Cart.objects.exists()
