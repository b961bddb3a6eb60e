"""The page of one way of delivery: by weight, by place, changed, refused with what was typed."""

from typing import Any

import pytest
from django.test import Client

from tests.market.selling import url
from vitrine.catalog.models import DeliveryOption, Merchant

pytestmark = pytest.mark.django_db


def rows(prefix: str, *typed: dict[str, str]) -> dict[str, str]:
    counts = {"TOTAL_FORMS": str(len(typed)), "INITIAL_FORMS": "0"}
    fields = {f"{number}-{k}": v for number, row in enumerate(typed) for k, v in row.items()}
    return {f"{prefix}-{name}": value for name, value in {**counts, **fields}.items()}


def form(kind: str, brackets: Any = (), zones: Any = (), **typed: str) -> dict[str, str]:
    usual = {"name": "Post", "kind": kind, "days_from": "1", "days_until": "3"}
    return {**usual, **rows("brackets", *brackets), **rows("zones", *zones), **typed}


FAR = {"where": "AK, 967*", "price_minor": "19.00", "days_from": "5", "days_until": "9"}
NEAR = {"where": "ny", "price_minor": "4", "days_from": "1", "days_until": "2"}


def test_a_way_of_delivery_by_place_is_offered_shown_and_changed(
    client: Client, shop: Merchant
) -> None:
    client.post(url("delivery", shop), form("zone", zones=[FAR, NEAR, {}]))
    option = DeliveryOption.objects.get(name="Post")
    page = client.get(url("delivery_option", shop, option.public_id)).content.decode()
    light = [{"up_to_g": "2", "price_minor": "7"}, {"up_to_g": "0,5", "price_minor": "5"}]
    client.post(url("delivery_option", shop, option.public_id), form("weight", light, name="Mail"))

    assert (option.price_minor, option.days_from, option.days_until) == (400, 1, 9)
    assert [zone.regions for zone in option.tariff.zones] == [("AK",), ("NY",)]
    assert option.tariff.zones[0].postcodes == ("967",)
    assert "AK 967*" in page
    option.refresh_from_db()
    assert (option.name, option.kind, option.zones) == ("Mail", "weight", [])
    assert [one.up_to_g for one in option.tariff.brackets] == [500, 2000]


@pytest.mark.parametrize(
    "typed, said",
    [
        (form("flat"), "This is needed."),
        (form("flat", price_minor="4.999"), "has more"),
        (form("flat", price_minor="-4"), "cannot be negative"),
        (form("flat", price_minor="99999999999999"), "too large"),
        (form("weight"), "Fill in at least one row."),
        (form("weight", [{"up_to_g": "heavy", "price_minor": "5"}]), "Write kilograms"),
        (form("weight", [{"up_to_g": "-1", "price_minor": "5"}]), "Write kilograms"),
        (form("weight", [{"up_to_g": "1", "price_minor": "5"}] * 2), "same weight"),
        (form("zone", zones=[{**NEAR, "where": "Narnia"}]), "NARNIA"),
        (form("zone", zones=[{**NEAR, "days_from": "7"}]), "At most cannot be less"),
        (form("parrot", price_minor="5"), "parrot"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    client: Client, shop: Merchant, typed: dict[str, str], said: str
) -> None:
    before = DeliveryOption.objects.count()

    answer = client.post(url("delivery", shop), typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="Post"' in page
    assert DeliveryOption.objects.count() == before
