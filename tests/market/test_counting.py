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


def test_a_figure_has_its_reason_and_its_note(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)
    why = {"reason": "damaged", "note": "Wet in the cellar"}

    client.post(url("stock", shop), counted(stock, "3", seen=5) | why)
    wrong = client.post(url("stock", shop), counted(stock, "2", seen=3) | {"reason": "sold"})

    movement = stock.movements.latest("pk")
    assert (movement.reason, movement.quantity, movement.note) == ("damaged", -2, why["note"])
    assert wrong.status_code == 422
    assert f'name="on_hand-{stock.variant.public_id}" value="2"' in wrong.content.decode()


def test_a_refused_figure_names_the_present_one_and_is_kept(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)
    stockkeeping.receive(stock, 2, key="delivery", by=None, at=make.NOON)

    page = client.post(url("stock", shop), counted(stock, "4", seen=5)).content.decode()

    assert "7 are there now" in page
    assert f'name="on_hand-{stock.variant.public_id}" value="4"' in page
    assert f'name="seen-{stock.variant.public_id}" value="7"' in page


def test_from_how_few_on_is_told_is_set_shelf_by_shelf(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)
    name = f"few-{stock.variant.public_id}"

    client.post(url("few", shop), {name: "9"})
    wrong = client.post(url("few", shop), {name: "some"})

    stock.refresh_from_db()
    assert stock.low_at == 9
    assert wrong.status_code == 422
    assert f'name="{name}" value="some"' in wrong.content.decode()
    assert stock.variant.product.title in client.get(url("stock", shop) + "?low=1").content.decode()
