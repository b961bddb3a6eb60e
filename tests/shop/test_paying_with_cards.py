"""Gift cards and store credit through HTTP: issued, typed at the checkout, read under You."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.shop.test_buying import GUEST, HTMX, hidden, sheet
from vitrine.catalog.models import Merchant, Role, Variant
from vitrine.orders import purses
from vitrine.orders.models import Order, OrderGroup, Purse, PurseStep
from vitrine.orders.models.bill import Bill
from vitrine.orders.payouts import releasing

pytestmark = pytest.mark.django_db
ONE = 2000 + 495 + 80 + 20


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def press(client: Client, variant: Variant, **typed: object) -> str:
    sent = {**hidden(sheet(client, variant)), **GUEST, **typed}
    return client.post("/checkout", sent, headers=HTMX).content.decode()


def test_a_guest_types_a_card_sees_what_is_left_and_pays_that() -> None:
    client, lamp = Client(), make.variant(stock=2)
    card, code = purses.issue(1000, key="c", merchant=None, by=make.person(), at=timezone.now())

    wrong = press(client, lamp, gift="AAAA", update="1")
    assert "There is no gift card with this code" in wrong
    assert 'value="AAAA"' in wrong
    page = press(client, lamp, gift=code, update="1")
    assert f"Gift card …{card.code_end}" in page
    assert "pays $10.00 of its $10.00" in page
    assert "Left to pay" in page
    assert f"Buy now · ${(ONE - 1000) / 100:.2f} – pay" in page
    unseen = press(client, lamp, gift=code)  # the button had said the whole total
    assert "The total has changed" in unseen
    assert not Order.objects.exists()
    sent = {**hidden(page), **GUEST, "gift": code}
    thanks = client.post("/checkout", sent, headers=HTMX).content.decode()

    assert "Thank you, it is yours" in thanks
    group = OrderGroup.objects.get()
    assert group.payment.asked_minor == ONE - 1000
    story = client.get(group.get_absolute_url()).content.decode()
    assert "Of it by gift card or store credit" in story
    assert "Test card" in story or "and a gift card or store credit" in story


def test_credit_pays_all_no_card_is_asked_for_and_every_movement_is_told() -> None:
    lamp, bea = make.variant(stock=2), make.person()
    client = signed_in(bea)
    at = timezone.now()
    given = {"by": make.person(), "at": at, "reason": "Late parcel"}
    purses.grant(bea, 5000, key="g", merchant=None, **given)  # type: ignore[arg-type]

    assert "you have $50.00" in sheet(client, lamp)
    page = press(client, lamp, credit="1", update="1")
    assert "Buy now · $0.00 – pay" not in page
    assert "nothing left to pay" in page
    sent = {**hidden(page), **GUEST, "credit": "1"}
    assert "Thank you" in client.post("/checkout", sent, headers=HTMX).content.decode()

    mine = client.get("/credit").content.decode()
    assert "Late parcel" in mine
    assert "is set aside for orders" in mine
    assert "+$50.00" in mine
    other = signed_in(make.person()).get("/credit").content.decode()
    assert "Late parcel" not in other
    assert "No credit yet" in other


def test_what_is_left_on_a_card_is_told_to_who_has_the_code() -> None:
    client = signed_in(make.person())
    _, code = purses.issue(700, key="c", merchant=None, by=make.person(), at=timezone.now())

    assert "$7.00" in client.post("/credit", {"code": code}).content.decode()
    for _ in range(10):
        assert client.post("/credit", {"code": "ABCD"}).status_code == 422
    assert client.post("/credit", {"code": code}).status_code == 429


def test_a_shop_issues_a_card_out_of_what_it_has_and_the_code_is_shown_once() -> None:
    lamp, owner = make.variant(stock=3), make.person()
    shop: Merchant = lamp.merchant
    make.member(shop, owner, Role.FINANCE)
    client, url = signed_in(owner), f"/market/{shop.slug}/cards/"
    typed = {"key": "k1", "amount_minor": "5.00", "note": "For Ada"}
    poor = client.post(url, typed)
    assert poor.status_code == 422
    assert "That is $0.00 now" in poor.content.decode()
    assert 'value="5.00"' in poor.content.decode()
    order = make.handed_over(lamp)
    releasing.release_due(at=timezone.now() + timedelta(days=400))

    page = client.post(url, typed).content.decode()
    found = re.search(r'class="code mono">([A-Z0-9-]+)<', page)
    assert found is not None
    again = client.post(url, typed).content.decode()

    assert "issued before" in again
    assert found[1] not in again
    card = Purse.objects.get()
    assert (card.free_minor, card.merchant, card.code_end) == (500, shop, found[1][-4:])
    client.post(f"{url}{card.public_id}/stop/")
    card.refresh_from_db()
    assert card.stopped_at is not None
    assert order.state == "shipped"


def test_a_bill_says_what_a_card_paid() -> None:
    lamp, by = make.variant(stock=1), make.person()
    _, code = purses.issue(1000, key="c", merchant=None, by=by, at=make.NOON)
    client = Client()
    page = press(client, lamp, gift=code, update="1")
    client.post("/checkout", {**hidden(page), **GUEST, "gift": code}, headers=HTMX)
    order = Order.objects.get()
    Order.objects.update(withheld_until=None)
    shipper = make.person()
    make.member(lamp.merchant, shipper, Role.ORDERS)
    signed_in(shipper).post(f"/market/{lamp.merchant.slug}/orders/{order.public_id}/dispatch/")

    bill = Bill.objects.get()
    url = f"{order.group.get_absolute_url()}/bills/{bill.public_id}"
    paper = client.get(url).content.decode()

    assert "Of it paid by gift card or store credit" in paper
    assert "$10.00" in paper


def test_the_desk_gives_credit_to_a_handle_and_the_order_page_to_its_buyer() -> None:
    boss, bea, lamp = make.person(is_staff=True), make.person("bea"), make.variant(stock=2)
    client = signed_in(boss)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp()}
    ]
    session.save()
    typed = {"key": "k", "handle": "@bea", "amount_minor": "3", "reason": "Sorry"}
    assert client.post("/desk/cards/credit", {**typed, "handle": "nobody"}).status_code == 422
    for _ in range(2):  # a second press of one key gives nothing more
        assert client.post("/desk/cards/credit", typed).status_code == 302
    make.handed_over(lamp, buyer=bea)
    releasing.release_due(at=timezone.now() + timedelta(days=400))
    finance = make.person()
    make.member(lamp.merchant, finance, Role.FINANCE)
    order = Order.objects.get()
    url = f"/market/{lamp.merchant.slug}/cards/orders/{order.public_id}/"
    signed_in(finance).post(url, {"key": "m", "amount_minor": "2", "reason": "A scratch"})
    owner = signed_in(lamp.merchant.memberships.get(role=Role.OWNER).person)
    refused = owner.post(url, {"key": "n", "amount_minor": "9999", "reason": "Much too much"})

    assert refused.status_code == 409
    kept = refused.content.decode()
    assert kept.count('value="Much too much"') == kept.count('value="9999"') == 1
    assert kept.count('<details class="fold" open>') == 1
    steps = PurseStep.objects.order_by("pk").values_list("amount_minor", "purse__merchant")
    assert list(steps) == [(300, None), (200, lamp.merchant.pk)]
