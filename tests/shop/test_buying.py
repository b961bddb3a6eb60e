"""Buying through HTTP: what a browser sends, with and without scripts."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.orders.money import balances
from tests.orders.work import run_jobs
from vitrine.catalog.models import LocationKind, Merchant, Stock, Variant
from vitrine.orders.models import (
    Address,
    BankCharge,
    GroupState,
    OrderGroup,
    Payment,
    PaymentMethod,
    PaymentState,
)
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}

GUEST = {
    "email": "gus@example.org",
    "name": "Gus Guest",
    "line1": "5 Elm Street",
    "city": "Albany",
    "region": "NY",
    "postcode": "12207",
    "card": sandbox.SUCCEEDS,
}


def sheet(client: Client, variant: Variant, query: str = "") -> str:
    url = variant.product.get_absolute_url()
    return client.get(f"{url}?sheet{query}").content.decode()


def hidden(html: str) -> dict[str, str]:
    """Read the hidden and checked inputs of the offer, as a browser would send them."""
    form = html[html.index('id="offer"') :]
    form = form[: form.index("</form>")]
    inputs = re.findall(r"<input[^>]*>", form)
    sent = [
        one
        for one in inputs
        if 'type="hidden"' in one or ('type="radio"' in one and "checked" in one)
    ]
    pairs = ((re.search(r'name="([^"]+)"', i), re.search(r'value="([^"]*)"', i)) for i in sent)
    found = {name[1]: value[1] for name, value in pairs if name and value}
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_an_order_keeps_the_terms_of_returns_under_which_it_was_placed() -> None:
    lamp = make.variant(stock=1)
    Merchant.objects.update(returns_days=30, returns_paid_by="buyer", returns_policy="Ask Bea.")
    lamp.merchant.refresh_from_db()
    buyer = make.person()
    group = make.purchase(lamp, buyer=buyer).group

    Merchant.objects.update(returns_days=0)
    client = Client()
    client.force_login(buyer, "vitrine.accounts.backend.Backend")
    page = client.get(group.get_absolute_url()).content.decode()

    assert "Return within 30 days. You pay the way back. Ask Bea." in page


def test_the_sheet_shows_everything_before_any_tap(client: Client) -> None:
    lamp = make.variant(stock=9)

    html = sheet(client, lamp)

    for said in ("$20.00", "$4.95", "$1.00", "Buy now · $25.95 – pay", "arrives", "Test mode"):
        assert said in html
    assert lamp.merchant.name in html
    assert lamp.merchant.returns_policy in html
    assert "In stock" in html
    assert len(re.findall(r'<(?:input|select)[^>]*id="buy-', html)) <= 8


def test_a_guest_buys_on_one_sheet_without_a_page_load(client: Client) -> None:
    lamp, clip = make.variant(stock=9), make.clip()
    make.tag(clip, lamp.product)
    form = hidden(sheet(client, lamp, f"&clip={clip.public_id}"))

    answer = client.post("/checkout", {**form, **GUEST}, headers=HTMX)

    assert answer.status_code == 200
    assert "Thank you, it is yours" in answer.content.decode()
    group = OrderGroup.objects.get()
    assert (group.state, group.total_minor, group.buyer) == (GroupState.PLACED, 2595, None)
    assert group.orders.get().lines.get().clip == clip
    assert client.get(group.get_absolute_url()).status_code == 200


def test_without_scripts_the_same_form_leads_to_the_order_s_page(client: Client) -> None:
    lamp = make.variant(stock=9)
    page = client.get(lamp.product.get_absolute_url()).content.decode()

    answer = client.post("/checkout", {**hidden(page), **GUEST})

    group = OrderGroup.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, group.get_absolute_url())


def test_a_returning_buyer_only_presses_the_button(client: Client) -> None:
    bea, lamp = make.person(email="bea@example.org"), make.variant(stock=9)
    client.force_login(bea)
    first = hidden(sheet(client, lamp))
    client.post("/checkout", {**first, **GUEST, "email": bea.email}, headers=HTMX)
    run_jobs()
    assert Address.objects.get().line1 == "5 Elm Street"
    assert PaymentMethod.objects.get().reference == sandbox.SUCCEEDS

    html = sheet(client, lamp)
    typed = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]+)"[^>]*id="buy-', html))
    chosen = dict(
        re.findall(r'<select name="(\w+)".*?<option value="([^"]+)" selected', html, re.DOTALL)
    )
    answer = client.post("/checkout", {**hidden(html), **typed, **chosen}, headers=HTMX)

    assert "Thank you, it is yours" in answer.content.decode()
    assert OrderGroup.objects.filter(buyer=bea, state=GroupState.PLACED).count() == 2
    assert "5 Elm Street" in html


def test_another_choice_draws_the_offer_again_and_keeps_what_was_typed(client: Client) -> None:
    lamp = make.variant(stock=9)
    other = make.variant(lamp.product, stock=9, price_minor=3000)
    form = hidden(sheet(client, lamp))

    change = {**form, **GUEST, "variant": other.public_id, "region": "CA", "update": "1"}
    html = client.post("/checkout", change, headers=HTMX).content.decode()

    assert "Buy now · $37.13 – pay" in html  # 30.00 + 4.95 + 2.18; California taxes no delivery
    assert 'value="gus@example.org"' in html
    assert "5 Elm Street" in html
    assert not OrderGroup.objects.exists()


def test_a_wrong_form_is_drawn_again_with_what_was_typed(client: Client) -> None:
    form = hidden(sheet(client, make.variant(stock=9)))

    answer = client.post(
        "/checkout", {**form, **GUEST, "email": "nobody", "postcode": "ABC"}, headers=HTMX
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "A postcode here looks like 12345." in html
    assert 'value="nobody"' in html
    assert 'value="Gus Guest"' in html
    assert not OrderGroup.objects.exists()


def test_a_decline_keeps_the_form_and_the_next_press_is_a_new_try(client: Client) -> None:
    lamp = make.variant(stock=1)
    form = hidden(sheet(client, lamp))

    answer = client.post("/checkout", {**form, **GUEST, "card": sandbox.DECLINES}, headers=HTMX)
    html = answer.content.decode()
    again = hidden(html)
    placed = client.post("/checkout", {**again, **GUEST}, headers=HTMX)

    assert answer.status_code == 422
    assert "The card was declined." in html
    assert 'value="Gus Guest"' in html
    assert again["key"] != form["key"]
    assert "Thank you" in placed.content.decode()
    assert [one.state for one in Payment.objects.order_by("pk")] == ["declined", "authorised"]
    assert Stock.objects.get().reserved == 1


def test_the_price_that_changed_meanwhile_is_asked_about(client: Client) -> None:
    lamp = make.variant(stock=9)
    form = hidden(sheet(client, lamp))
    Variant.objects.update(price_minor=2100)

    answer = client.post("/checkout", {**form, **GUEST}, headers=HTMX)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The total has changed since you saw it." in html
    assert "Buy now · $26.99 – pay" in html
    assert not BankCharge.objects.exists()
    assert client.post("/checkout", {**hidden(html), **GUEST}, headers=HTMX).status_code == 200


def test_the_last_one_gone_is_said_beside_the_form(client: Client) -> None:
    lamp = make.variant(stock=1)
    form = hidden(sheet(client, lamp))
    make.purchase(lamp)

    answer = client.post("/checkout", {**form, **GUEST}, headers=HTMX)

    assert answer.status_code == 409
    assert "somebody was quicker" in answer.content.decode()
    assert "Sold out" in sheet(client, lamp)


def test_what_was_withdrawn_before_the_press_says_so(client: Client) -> None:
    lamp = make.variant(stock=1)
    form = {**hidden(sheet(client, lamp)), **GUEST}
    lamp.product.withdraw(at=make.NOON)

    answer = client.post("/checkout", form, headers=HTMX)

    assert answer.status_code == 409
    assert f"“{lamp.product.title}” is no longer sold." in answer.content.decode()


def test_a_double_press_is_one_order(client: Client) -> None:
    form = {**hidden(sheet(client, make.variant(stock=9))), **GUEST}

    answers = [client.post("/checkout", form, headers=HTMX) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert OrderGroup.objects.count() == BankCharge.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(client: Client) -> None:
    form = {**hidden(sheet(client, make.variant(stock=9))), **GUEST}
    client.post("/checkout", form, headers=HTMX)

    answer = client.post("/checkout", {**form, "name": "Someone Else"}, headers=HTMX)

    assert answer.status_code == 409
    assert OrderGroup.objects.get().name == "Gus Guest"


def test_a_challenge_addressee_the_bank_and_back(client: Client) -> None:
    form = hidden(sheet(client, make.variant(stock=1)))

    sent = client.post("/checkout", {**form, **GUEST, "card": sandbox.CHALLENGES}, headers=HTMX)
    page = client.get(sent["HX-Redirect"])
    back = client.post(sent["HX-Redirect"], {"approve": "1"})
    home = client.get(back["Location"], follow=True)

    assert "Is it you who is paying?" in page.content.decode()
    assert OrderGroup.objects.get().state == GroupState.PLACED
    assert home.status_code == 200
    assert client.get(sent["HX-Redirect"]).status_code == 302
    assert client.get("/payments/sandbox/challenge/sb_unknown").status_code == 404


def test_a_refused_challenge_says_so_and_offers_another_try(client: Client) -> None:
    form = hidden(sheet(client, make.variant(stock=1)))
    sent = client.post("/checkout", {**form, **GUEST, "card": sandbox.CHALLENGES}, headers=HTMX)

    back = client.post(sent["HX-Redirect"], {"refuse": "1"})
    page = client.get(back["Location"], follow=True).content.decode()

    assert "did not go through" in page
    assert "Try again" in page
    assert Stock.objects.get().reserved == 0


def test_a_silent_bank_is_asked_again_by_the_page(client: Client) -> None:
    form = hidden(sheet(client, make.variant(stock=1)))

    waiting = client.post("/checkout", {**form, **GUEST, "card": sandbox.TIMES_OUT}, headers=HTMX)
    html = waiting.content.decode()
    again = re.search(r'hx-get="([^"]+)"', html)
    assert again is not None
    placed = client.get(again[1], headers=HTMX)

    assert "you will not be charged twice" in html
    assert "Thank you, it is yours" in placed.content.decode()
    assert Payment.objects.get().state == PaymentState.AUTHORISED
    assert BankCharge.objects.count() == 1


def test_a_collection_needs_no_address(client: Client) -> None:
    lamp = make.variant(stock=1)
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)
    form = hidden(sheet(client, lamp))
    choice = {f"handover-{lamp.merchant.public_id}": f"s-{store.public_id}"}

    drawn = client.post("/checkout", {**form, **choice, "update": "1"}, headers=HTMX)
    html = drawn.content.decode()
    typed = {"email": "gus@example.org", "name": "Gus Guest", "card": sandbox.SUCCEEDS}
    answer = client.post("/checkout", {**hidden(html), **typed}, headers=HTMX)

    assert "Street and number" not in html
    assert "Buy now · $20.80 – pay" in html
    assert answer.status_code == 200
    assert OrderGroup.objects.get().orders.get().pickup_location == store


def test_only_the_holder_of_the_link_sees_a_guest_s_order(client: Client) -> None:
    group = make.purchase(make.variant(stock=1)).group
    url = group.get_absolute_url()
    member = Client()
    member.force_login(make.person())

    assert client.get(url).status_code == member.get(url).status_code == 404
    assert client.get(f"{url}?key=wrong").status_code == 404
    assert member.post(f"{url}/{group.orders.get().public_id}/cancellation").status_code == 404
    opened = client.get(f"{url}?key={group.link_token}")
    assert (opened.status_code, opened["Location"]) == (302, url)
    assert client.get(url).status_code == 200


def test_a_guest_cancels_from_the_link_in_two_clicks(client: Client) -> None:
    payment = make.purchase(make.variant(stock=1))
    order = payment.group.orders.get()
    client.get(f"{payment.group.get_absolute_url()}?key={payment.group.link_token}")

    there = f"{payment.group.get_absolute_url()}/{order.public_id}/cancellation"
    long = client.post(there, {"reason": "x" * 201})
    assert (long.status_code, "Write at most 200 characters." in long.content.decode()) == (
        422,
        True,
    )
    assert "x" * 201 in long.content.decode()

    answer = client.post(there)

    assert answer.status_code == 302
    payment.refresh_from_db()
    assert payment.voided_minor == payment.amount_minor
    assert Stock.objects.get().reserved == 0
    assert balances() == {}
    again = client.post(f"{payment.group.get_absolute_url()}/{order.public_id}/cancellation")
    assert again.status_code == 409


def test_the_orders_page_lists_only_ones_own_placed_orders(client: Client) -> None:
    bea, lamp = make.person(), make.variant(stock=9)
    mine = make.purchase(lamp, buyer=bea).group
    declined = make.purchase(lamp, buyer=bea, token=sandbox.DECLINES).group
    other = make.purchase(lamp, buyer=make.person()).group
    client.force_login(bea)

    html = client.get("/orders").content.decode()

    assert mine.public_id in html
    assert declined.public_id not in html
    assert other.public_id not in html


def test_a_product_s_page_moves_to_its_slug_and_is_gone_when_withdrawn(client: Client) -> None:
    lamp = make.variant(stock=1)
    url = lamp.product.get_absolute_url()

    moved = client.get(f"/p/{lamp.product.public_id}-an-old-name")
    assert (moved.status_code, moved["Location"]) == (301, url)
    lamp.product.withdraw(at=make.NOON)

    assert client.get(url).status_code == 404
    form = {"product": lamp.product.public_id, **GUEST}
    assert client.post("/checkout", form).status_code == 404


def test_the_sheet_is_drawn_with_few_queries(client: Client) -> None:
    lamp, clip = make.variant(stock=9), make.clip()
    make.tag(clip, lamp.product)
    client.force_login(make.person())
    sheet(client, lamp)

    with CaptureQueriesContext(connection) as captured:
        sheet(client, lamp, f"&clip={clip.public_id}")

    assert len(captured) <= 10, [one["sql"] for one in captured]


def test_a_product_s_page_asks_for_what_stores_have_where_there_are_any(client: Client) -> None:
    lamp = make.variant(stock=9)
    url = lamp.product.get_absolute_url()

    with CaptureQueriesContext(connection) as without:
        client.get(url)
    store = make.location(lamp.merchant, LocationKind.STORE, name="Corner")
    make.stocked(lamp, 2, at=store)
    with CaptureQueriesContext(connection) as with_stores:
        page = client.get(url).content.decode()

    assert (len(without), len(with_stores)) == (3, 4)
    assert "Collect at Corner" in page
