"""The pages of a drop: announced by a seller, waited at and bought from by anybody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tests import make
from tests.market.selling import signed_in, url
from tests.shop.test_buying import GUEST, HTMX, hidden, sheet
from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Stock
from vitrine.orders import dropping
from vitrine.orders.models import Drop, Place
from vitrine.sovereignty.cell import this_cell

pytestmark = pytest.mark.django_db


def _announced(minutes: int = 30, **fields: str) -> dict[str, str]:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    there = timezone.now().astimezone(ZoneInfo(this_cell().time_zone))
    begins = there + timedelta(minutes=minutes)
    usual = {"hours": "24", "minutes": "10", "most_each": "1"}
    return {"starts_at": f"{begins:%Y-%m-%dT%H:%M}", **usual, **fields}


def test_a_seller_announces_a_drop_and_buyers_wait_for_their_turn(
    django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make.person()
    lamp = make.variant(make.product(make.merchant(owner=owner), title="Brass lamp"), stock=3)
    shop, seller = lamp.merchant, signed_in(owner)
    buyer, late = Client(), Client()

    seller.post(url("drops", shop), _announced(product=lamp.product.title))
    drop = Drop.objects.get()
    page = buyer.get(lamp.product.get_absolute_url()).content.decode()
    assert "This is sold in turn" in page
    assert drop.get_absolute_url() in page
    soon = buyer.get(drop.get_absolute_url())
    assert "It has not begun" in soon.content.decode()
    assert '<meta http-equiv="refresh" content="60">' in soon.content.decode()
    for _ in range(2):
        buyer.post(f"{drop.get_absolute_url()}/place")
    assert Place.objects.count() == 1
    said = buyer.get(drop.get_absolute_url()).content.decode()
    assert ("You have a place behind" in said, "Be drawn" in said) == (True, False)
    person = make.person()
    EmailAddress.objects.create(user=person, email=person.email, verified=True)
    Person.objects.filter(pk=person.pk).update(joined_at=drop.created_at - timedelta(days=1))
    buyer.force_login(person, "vitrine.accounts.backend.Backend")
    assert "Be drawn with the others" in buyer.get(drop.get_absolute_url()).content.decode()
    buyer.post(f"{drop.get_absolute_url()}/place")
    assert "You have a place." in buyer.get(drop.get_absolute_url()).content.decode()

    # Let it begin a minute ago: nobody looked since.
    begun = timezone.now() - timedelta(minutes=1)
    Drop.objects.update(starts_at=begun, advanced_at=begun)
    dropping._watched.clear()  # what was read a moment ago
    assert "It has begun" in late.get(drop.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(18):
        standing = buyer.get(f"{drop.get_absolute_url()}/standing").content.decode()
    with monkeypatch.context() as moment, django_assert_max_num_queries(4):
        moment.setattr(dropping, "EACH", timedelta(hours=1))  # on a busy machine, too
        late.get(f"{drop.get_absolute_url()}/standing")
    assert "It is your turn" in standing
    assert 'data-state="in"' in standing
    assert "<html" not in standing
    assert 'id="offer"' in buyer.get(lamp.product.get_absolute_url()).content.decode()
    assert 'id="offer"' not in late.get(lamp.product.get_absolute_url()).content.decode()
    assert "1 came, 1 let in, 0 pressed" in seller.get(url("drops", shop)).content.decode()

    seller.post(url("drop_end", shop, drop.public_id))
    assert "This drop is over" in late.get(drop.get_absolute_url()).content.decode()
    assert 'id="offer"' in late.get(lamp.product.get_absolute_url()).content.decode()
    answer = late.post(f"{drop.get_absolute_url()}/place")
    assert answer.status_code == 409
    assert "This drop is over." in answer.content.decode()


def test_a_page_asks_by_its_ticket_and_who_waits_is_told_from_memory(
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    settings.VITRINE_DROP_RATE = 1
    begun = timezone.now() - timedelta(seconds=1)
    lamp = make.variant(stock=2)
    drop = dropping.announce(
        lamp.product,
        starts_at=begun,
        ends_at=begun + timedelta(days=1),
        minutes=5,
        most_each=1,
        at=begun - timedelta(hours=1),
    )
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.post(f"{drop.get_absolute_url()}/place")
    pages = [client.get(drop.get_absolute_url()).content.decode() for client in clients]
    places = Place.objects.order_by("number").values_list("ticket", flat=True)
    url = f"{drop.get_absolute_url()}/standing?ticket="
    german = Client(headers={"accept-language": "de"})
    monkeypatch.setattr(dropping, "EACH", timedelta(hours=1))  # a moment is long enough for all

    for ticket, page in zip(places, pages, strict=True):
        assert f'data-ticket="{ticket}"' in page
    with django_assert_num_queries(1):
        said = clients[3].get(f"{url}{places[3]}")
    with django_assert_num_queries(0):
        again = german.get(f"{url}{places[3]}")
    assert "Your number is 4." in said.content.decode()
    assert f'data-state="waiting" data-ticket="{places[3]}"' in said.content.decode()
    assert "Deine Nummer ist 4." in again.content.decode()
    assert (again["Content-Language"], again["Cache-Control"]) == ("de", "no-store")
    assert "Content-Security-Policy" in again
    assert not again.cookies
    with django_assert_num_queries(1):
        turn = clients[0].get(f"{url}{places[0]}").content.decode()
    assert "It is your turn" in turn
    assert f'href="{lamp.product.get_absolute_url()}"' in turn


def test_a_ticket_that_is_none_says_nothing(client: Client) -> None:
    lamp, other = make.variant(stock=1), make.variant(stock=1)
    begun = timezone.now() - timedelta(seconds=1)
    drops = [
        dropping.announce(
            one.product,
            starts_at=begun,
            ends_at=begun + timedelta(days=1),
            minutes=5,
            most_each=1,
            at=begun,
        )
        for one in (lamp, other)
    ]
    place = dropping.join(drops[0], person=None, visitor="v", at=timezone.now())
    for drop in drops:
        client.get(drop.get_absolute_url())  # both are looked at

    for ticket in ("", "x", "1" * 40, str(uuid4()), f"{place.ticket}&x=1"):
        said = client.get(f"{drops[0].get_absolute_url()}/standing?ticket={ticket}")
        assert 'data-state="outside"' in said.content.decode()
    assert client.get(f"{drops[0].get_absolute_url()}/standing?ticket=%00").status_code == 400
    said = client.get(f"{drops[1].get_absolute_url()}/standing?ticket={place.ticket}")
    assert 'data-state="outside"' in said.content.decode()
    assert client.get(f"/drops/us_{'0' * 26}/standing?ticket={place.ticket}").status_code == 404


def test_a_press_that_comes_to_nothing_in_a_drop_is_told_so_and_shown_the_queue() -> None:
    client, lamp, begun = Client(), make.variant(stock=1), timezone.now()
    page = sheet(client, lamp)
    drop = dropping.announce(
        lamp.product,
        starts_at=begun,
        ends_at=begun + timedelta(days=1),
        minutes=5,
        most_each=1,
        at=begun,
    )

    out_of_turn = _pressed(client, page)
    client.post(f"{drop.get_absolute_url()}/place")
    Place.objects.update(admitted_until=begun + timedelta(minutes=5))
    Stock.objects.update(on_hand=0)
    sold_out = _pressed(client, page)
    Stock.objects.update(on_hand=1)

    assert "you are let in when it is yours" in out_of_turn
    assert "somebody was quicker" in sold_out
    for said in (out_of_turn, sold_out):
        assert f'href="{drop.get_absolute_url()}"' in said
        assert "<form" not in said
    assert Place.objects.get().used_key == ""
    assert "Thank you" in _pressed(client, page)


def _pressed(client: Client, page: str) -> str:
    return client.post("/checkout", {**GUEST, **hidden(page)}, headers=HTMX).content.decode()


def test_a_drop_that_makes_no_sense_is_refused_by_name_and_kept() -> None:
    owner = make.person()
    lamp = make.variant(make.product(make.merchant(owner=owner)), stock=3)
    others = make.variant(stock=1)
    shop, seller = lamp.merchant, signed_in(owner)
    ours = lamp.product.title

    past = seller.post(url("drops", shop), _announced(-5, product=ours, hours="36"))
    strange = seller.post(url("drops", shop), _announced(product=others.product.title))
    seller.post(url("drops", shop), _announced(product=ours))
    twice = seller.post(url("drops", shop), _announced(product=ours))

    assert past.status_code == strange.status_code == twice.status_code == 422
    assert "Choose a time that lies ahead." in past.content.decode()
    assert 'value="36"' in past.content.decode()
    assert "You sell nothing of that name." in strange.content.decode()
    assert "This product has a drop that is not over." in twice.content.decode()
    assert Drop.objects.count() == 1
    assert Product.objects.filter(drop_until__isnull=False).count() == 1


def test_what_is_sold_in_turn_says_what_it_costs() -> None:
    lamp, begun = make.variant(stock=1, price_minor=2_450), timezone.now()
    soon, later = begun + timedelta(hours=1), begun + timedelta(days=1)
    drop = dropping.announce(
        lamp.product, starts_at=soon, ends_at=later, minutes=5, most_each=1, at=begun
    )
    client = Client()

    told = client.get(lamp.product.get_absolute_url()).content.decode()
    waited = client.get(drop.get_absolute_url()).content.decode()

    assert "$24.50" in told
    assert "$24.50" in waited
