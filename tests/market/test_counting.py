"""Counting stock on the seller's pages."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import url
from vitrine.catalog import stockkeeping
from vitrine.catalog.models import Merchant, Stock

pytestmark = pytest.mark.django_db


def counted(stock: Stock, number: str, *, seen: int, key: str = "one") -> dict[str, str]:
    variant = stock.variant.public_id
    return {"key": key, f"on_hand-{variant}": number, f"seen-{variant}": str(seen)}


def test_a_count_is_saved_once(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)

    for _ in range(2):
        client.post(url("stock", shop), counted(stock, "8", seen=5))

    stock.refresh_from_db()
    assert stock.on_hand == 8
    assert stock.movements.count() == 2


def test_a_count_of_what_never_was_there_begins_a_row(client: Client, shop: Merchant) -> None:
    variant = make.variant(make.product(shop))
    make.location(shop)

    client.post(
        url("stock", shop),
        {"key": "one", f"on_hand-{variant.public_id}": "3", f"seen-{variant.public_id}": "0"},
    )

    assert Stock.objects.get(variant=variant).on_hand == 3


@pytest.mark.parametrize("typed", ["many", "-1", "1.5", "", "99999999"])
def test_a_wrong_count_stays_in_its_field(client: Client, shop: Merchant, typed: str) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)

    answer = client.post(url("stock", shop), counted(stock, typed, seen=5))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a whole number" in page
    assert f'value="{typed}"' in page
    stock.refresh_from_db()
    assert stock.on_hand == 5


def test_a_count_that_somebody_overtook_is_not_saved(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)
    stockkeeping.receive(stock, 2, key="delivery", by=None, at=make.NOON)

    answer = client.post(url("stock", shop), counted(stock, "4", seen=5))

    assert answer.status_code == 422
    assert "has changed since you looked" in answer.content.decode()
    stock.refresh_from_db()
    assert stock.on_hand == 7


def test_stock_of_another_shop_cannot_be_counted(client: Client, shop: Merchant) -> None:
    make.location(shop)
    theirs = make.stocked(make.variant(), 5)

    client.post(url("stock", shop), counted(theirs, "0", seen=5))
    answer = client.get(url("stock", shop) + f"?place={theirs.location.public_id}")

    theirs.refresh_from_db()
    assert theirs.on_hand == 5
    assert answer.status_code == 404
