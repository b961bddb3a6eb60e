"""Gift cards through HTTP: put on sale by a shop, bought by a guest, given back from the link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests import make
from tests.market.selling import signed_in, url
from tests.orders.cards import press, selling
from tests.orders.work import run_jobs
from vitrine.catalog.models import Merchant, Role
from vitrine.orders.giftcards import buying, giving_back
from vitrine.orders.models import CardMove, CardOffer, CardSale, Purse, SaleState
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db
FOR_ADA = {
    "amount": "5000",
    "own_minor": "",
    "whom": "somebody",
    "to_email": "ada@example.org",
    "from_name": "Bea",
    "message": "Happy day!",
    "send_on": "",
    "email": "Bea@Example.org",
    "card": sandbox.SUCCEEDS,
}


def page_of(shop: Merchant) -> str:
    return f"/shop/{shop.slug}/gift-card"


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def bought(client: Client, shop: Merchant, **typed: Any) -> Any:
    shown = client.get(page_of(shop)).content.decode()
    return client.post(page_of(shop), {**FOR_ADA, "key": key_in(shown), **typed})


def test_a_shop_puts_cards_on_sale_changes_them_and_ends_it(client: Client) -> None:
    owner = make.person()
    shop = make.merchant(owner=owner)
    there, mine = signed_in(owner), page_of(shop)
    assert client.get(mine).status_code == 404  # off until somebody says so
    assert mine not in client.get(shop.get_absolute_url()).content.decode()

    sent = {"amounts": "100 25;50 25", "least_minor": "10", "most_minor": "200.00"}
    there.post(url("card_offer", shop), sent)
    offer = CardOffer.objects.get()
    assert (offer.amounts_minor, offer.least_minor, offer.most_minor) == (
        [2_500, 5_000, 10_000],
        1_000,
        20_000,
    )
    assert 'value="25.00 50.00 100.00"' in there.get(url("cards", shop)).content.decode()
    assert mine in client.get(shop.get_absolute_url()).content.decode()
    page = client.get(mine).content.decode()
    assert "$100.00" in page
    assert "From $10.00 to $200.00." in page

    there.post(url("card_offer", shop), {"end": "1"})
    assert client.get(mine).status_code == 404


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"amounts": ""}, "Write amounts, or limits"),
        ({"amounts": "25 parrot"}, "parrot"),
        ({"amounts": "0"}, "that a card may be worth"),
        ({"amounts": "10000.01"}, "that a card may be worth"),
        ({"amounts": "1 2 3 4 5 6 7 8 9"}, "8 amounts at most"),
        ({"least_minor": "5"}, "Write both limits"),
        ({"least_minor": "5", "most_minor": "4"}, "less than the amount"),
        ({"least_minor": "-5", "most_minor": "4"}, ""),
    ],
)
def test_a_wrong_offer_is_said_so_and_kept_as_typed(wrong: dict[str, str], said: str) -> None:
    owner = make.person()
    shop = make.merchant(owner=owner)
    sent = {"amounts": "25", "least_minor": "", "most_minor": "", **wrong}

    answer = signed_in(owner).post(url("card_offer", shop), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CardOffer.objects.exists()


def test_only_who_has_to_do_with_money_sells_cards() -> None:
    shop, clerk = make.merchant(), make.person()
    make.member(shop, clerk, Role.ORDERS)

    answer = signed_in(clerk).post(url("card_offer", shop), {"amounts": "25"})

    assert answer.status_code == 404
    assert not CardOffer.objects.exists()


def test_a_guest_buys_a_card_sees_it_by_its_link_and_gives_it_back(client: Client) -> None:
    shop = selling()
    answer = bought(client, shop)
    sale = CardSale.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, sale.get_absolute_url())
    assert (sale.state, sale.email, sale.to_email) == ("paid", "bea@example.org", "ada@example.org")
    run_jobs()
    receipt = next(one for one in mail.outbox if one.to == ["bea@example.org"])
    assert "no tax invoice" in receipt.body
    assert "$50.00" in receipt.body

    link = next(line for line in receipt.body.splitlines() if "?key=" in line)
    elsewhere = Client()
    assert elsewhere.get(sale.get_absolute_url()).status_code == 404
    opened = elsewhere.get(link.partition("testserver")[2] or link[link.index("/gift-cards") :])
    assert opened.headers["Location"] == sale.get_absolute_url()
    page = elsewhere.get(sale.get_absolute_url()).content.decode()
    assert "It was sent to ada@example.org" in page
    assert "Give it back" in page

    assert elsewhere.post(f"{sale.get_absolute_url()}/refund").status_code == 302
    sale.refresh_from_db()
    assert sale.state == SaleState.REFUNDED
    assert Purse.objects.get().stopped_at is not None
    assert "Its money is on the way back" in elsewhere.get(sale.get_absolute_url()).content.decode()
    elsewhere.post(f"{sale.get_absolute_url()}/refund")
    assert CardMove.objects.filter(kind="refund").count() == 1


def test_who_bought_cards_finds_them_beside_their_orders_and_nobody_elses() -> None:
    ada, shop = make.person(), selling()
    sale = buying.buy(press(shop, buyer=ada), at=timezone.now())
    for other in (None, make.person()):
        buying.buy(press(shop, buyer=other), at=timezone.now())

    orders = signed_in(ada).get("/orders").content.decode()
    cards = signed_in(ada).get("/gift-cards").content.decode()

    assert 'href="/gift-cards"' in orders
    assert cards.count("/gift-cards/us_") == cards.count(sale.get_absolute_url()) == 1
    assert "$50.00" in cards
    assert 'href="/gift-cards"' not in signed_in(make.person()).get("/orders").content.decode()


def test_a_stranger_sees_no_card_and_gives_none_back(client: Client) -> None:
    sale = buying.buy(press(selling(), buyer=make.person()), at=timezone.now())

    for path, method in (
        ("", "get"),
        ("/outcome", "get"),
        ("/refund", "post"),
        ("/letter", "post"),
    ):
        answer = getattr(client, method)(f"{sale.get_absolute_url()}{path}")
        assert answer.status_code == 404
    assert not CardMove.objects.filter(kind="refund").exists()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"amount": "4999"}, "4999"),
        ({"amount": "other", "own_minor": "9.99"}, "within the limits"),
        ({"amount": "other", "own_minor": ""}, "within the limits"),
        ({"to_email": ""}, "Write the address"),
        ({"to_email": "ada@"}, "valid email"),
        ({"from_name": ""}, "Write your name"),
        ({"send_on": "2020-01-01"}, "from today on"),
        ({"send_on": "2150-01-01"}, "from today on"),
        ({"email": ""}, "This field is required."),
        ({"card": "parrot"}, "parrot"),
        ({"card": sandbox.DECLINES}, "The card was declined."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, wrong: dict[str, str], said: str
) -> None:
    shop = selling()

    answer = bought(client, shop, **wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Happy day!" in page
    assert not Purse.objects.exists()
    again = client.post(page_of(shop), {**FOR_ADA, "key": key_in(page)})
    assert again.status_code == 302  # a declined press is not pressed again: its key is new


def test_the_same_press_twice_is_one_card_and_a_challenge_goes_to_the_bank(client: Client) -> None:
    shop = selling()
    typed = {**FOR_ADA, "key": key_in(client.get(page_of(shop)).content.decode())}
    first, second = (client.post(page_of(shop), typed) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert CardSale.objects.count() == 1

    asked = bought(client, shop, whom="me", to_email="", from_name="", card=sandbox.CHALLENGES)
    at_bank = asked.headers["Location"]
    assert "/sandbox/challenge/" in at_bank
    sale = CardSale.objects.latest("pk")
    waits = client.get(sale.get_absolute_url()).content.decode()
    assert "Go on to pay" in waits
    assert client.get(f"{sale.get_absolute_url()}/outcome?go").headers["Location"] == at_bank
    back = client.post(at_bank, {"approve": "1"}).headers["Location"]
    assert client.get(back).headers["Location"] == sale.get_absolute_url()
    sale.refresh_from_db()
    assert (sale.state, sale.to_email) == (SaleState.PAID, "bea@example.org")
    assert not sale.is_for_another


def test_a_code_is_sent_again_to_an_address_put_right(client: Client) -> None:
    shop = selling()
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    bought(client, shop, send_on=day)
    sale = CardSale.objects.get()
    assert sale.send_at is not None
    there = f"{sale.get_absolute_url()}/letter"
    assert client.post(there, {"to_email": "ada@"}).status_code == 422

    client.post(there, {"to_email": "Ada@Example.com"})
    run_jobs()

    sale.refresh_from_db()
    assert (sale.to_email, sale.letters) == ("ada@example.com", 2)
    assert sale.sent_at is not None
    for _ in range(giving_back.MOST_LETTERS - 2):
        client.post(there, {"to_email": "ada@example.com"})
    assert client.post(there, {"to_email": "ada@example.com"}).status_code == 409
