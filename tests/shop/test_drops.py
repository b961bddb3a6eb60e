"""The pages of a drop: announced by a seller, waited at and bought from by anybody."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market.selling import signed_in, url
from vitrine.accounts.models import Person
from vitrine.catalog.models import Product
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
    django_assert_max_num_queries: DjangoAssertNumQueries,
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
    assert '<meta http-equiv="refresh" content="15">' in soon.content.decode()
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
    dropping._seen.clear()  # what was read a moment ago
    assert "It has begun" in late.get(drop.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(18):
        standing = buyer.get(f"{drop.get_absolute_url()}/standing").content.decode()
    with django_assert_max_num_queries(4):
        late.get(f"{drop.get_absolute_url()}/standing")
    assert "It is your turn" in standing
    assert 'data-state="in"' in standing
    assert "<html" not in standing
    assert 'id="offer"' in buyer.get(lamp.product.get_absolute_url()).content.decode()
    assert 'id="offer"' not in late.get(lamp.product.get_absolute_url()).content.decode()
    behind = late.get(f"{drop.get_absolute_url()}/standing?number=7").content.decode()
    assert ("5 people are before you" in behind, 'data-number="7"' in behind) == (True, True)
    with django_assert_max_num_queries(0):
        late.get(f"{drop.get_absolute_url()}/standing?number=7")
    for odd in ("1", "x", "-3", "9" * 40):  # let in, or no number: the rows say
        shown = late.get(f"{drop.get_absolute_url()}/standing", {"number": odd}).content.decode()
        assert 'data-state="outside"' in shown
    assert "1 came, 1 let in, 0 pressed" in seller.get(url("drops", shop)).content.decode()

    seller.post(url("drop_end", shop, drop.public_id))
    assert "This drop is over" in late.get(drop.get_absolute_url()).content.decode()
    assert 'id="offer"' in late.get(lamp.product.get_absolute_url()).content.decode()
    answer = late.post(f"{drop.get_absolute_url()}/place")
    assert answer.status_code == 409
    assert "This drop is over." in answer.content.decode()


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
