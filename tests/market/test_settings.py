"""Places, ways of delivery and people of a shop."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import PLACE, url
from vitrine.catalog.models import DeliveryOption, Location, Merchant

pytestmark = pytest.mark.django_db


def test_places_are_added_edited_and_closed(client: Client, shop: Merchant) -> None:
    client.post(url("new_location", shop), PLACE)
    place = Location.objects.get()
    client.post(url("location", shop, place.public_id), PLACE | {"name": "Main store"})
    client.post(url("closure", shop, place.public_id))
    place.refresh_from_db()
    closed_at = place.closed_at
    client.post(url("closure", shop, place.public_id), {"method": "delete"})
    place.refresh_from_db()

    assert place.name == "Main store"
    assert closed_at is not None
    assert place.closed_at is None


def test_two_places_of_one_name_are_refused(client: Client, shop: Merchant) -> None:
    make.location(shop, name="Corner store")

    answer = client.post(url("new_location", shop), PLACE | {"name": "CORNER store"})

    assert answer.status_code == 422
    assert "You have a place of that name already." in answer.content.decode()


def test_ways_of_delivery_come_and_go(client: Client, shop: Merchant) -> None:
    typed = {"name": "Express", "price_minor": "9.95", "days_from": "1", "days_until": "2"}

    client.post(url("delivery", shop), typed)
    option = DeliveryOption.objects.get(name="Express")
    wrong = client.post(url("delivery", shop), typed | {"name": "Slow", "days_from": "9"})
    client.post(url("delivery_end", shop, option.public_id))
    option.refresh_from_db()

    assert option.price_minor == 995
    assert wrong.status_code == 422
    assert option.withdrawn_at is not None
