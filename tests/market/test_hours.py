"""A store's hours, as its owner writes them and as buyers read them."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import url
from vitrine.catalog.models import Location, LocationKind, Merchant

pytestmark = pytest.mark.django_db

USUAL = {"ready_minutes": "60", "pickup_days": "5", "priority": "2", "ships": "on"}
WEEK = {f"day_{day}": "0:00–24:00" for day in range(7)}


def store_of(shop: Merchant) -> Location:
    return make.location(shop, LocationKind.STORE)


def test_hours_are_saved_and_buyers_see_whether_it_is_open(client: Client, shop: Merchant) -> None:
    store = store_of(shop)
    special = {"special": "2026-12-24 9-13\n2026-12-27 closed", "latitude": "40.7"}

    client.post(
        url("hours", shop, store.public_id), USUAL | WEEK | special | {"longitude": "-74.0"}
    )

    store.refresh_from_db()
    assert store.weekly_hours == [[[0, 1440]]] * 7
    assert store.special_days == {"2026-12-24": [[540, 780]], "2026-12-27": []}
    assert (store.ready_minutes, store.pickup_days, store.priority) == (60, 5, 2)
    assert (store.keeps_holidays, store.ships, store.longitude) == (False, True, -74.0)
    again = client.get(url("hours", shop, store.public_id)).content.decode()
    assert "2026-12-27 closed" in again
    make.variant(make.product(shop), stock=3)
    assert "Open day and night" in client.get(f"/shop/{shop.slug}").content.decode()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"day_2": "whenever"}, "This is not clear: “whenever”"),
        ({"special": "Christmas 9-12"}, "This line is no day with hours: “Christmas 9-12”"),
        ({"latitude": "40"}, "Write both, or neither."),
        ({"latitude": "99", "longitude": "9"}, "There is no such place on earth."),
        ({"pickup_days": "0"}, "Write a whole number from 1 to 60."),
    ],
)
def test_what_is_not_clear_stays_in_its_field(
    client: Client, shop: Merchant, wrong: dict[str, str], said: str
) -> None:
    store = store_of(shop)

    answer = client.post(url("hours", shop, store.public_id), USUAL | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert next(iter(wrong.values())) in answer.content.decode()
    store.refresh_from_db()
    assert store.weekly_hours is None
