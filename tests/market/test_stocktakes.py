"""Counting a whole place, and bringing goods to another, on the seller's pages."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import url
from vitrine.catalog.models import LocationKind, Merchant, Stock, Stocktake, Transfer

pytestmark = pytest.mark.django_db


def scan(words: str, quantity: str = "1", *, how: str = "more", key: str = "a") -> dict[str, str]:
    return {"key": key, "words": words, "quantity": quantity, "how": how}


def test_a_place_is_counted_by_scanning_previewed_and_corrected(
    client: Client, shop: Merchant
) -> None:
    stock = make.stocked(make.variant(make.product(shop), sku="LAMP-1"), 5)
    place = stock.location.public_id
    lines = url("stocktake_lines", shop, place)

    client.post(url("stocktake", shop, place))
    client.post(lines, scan("lamp-1", "2"))
    client.post(lines, scan("lamp-1", "1", key="b"))
    client.post(lines, scan("lamp-1", "1", key="b"))
    preview = client.get(url("stocktake", shop, place)).content.decode()
    client.post(url("stocktake_application", shop, place))

    assert "Correct 1 figure" in preview
    assert "<strong>-2</strong>" in preview
    stock.refresh_from_db()
    assert stock.on_hand == 3
    assert Stocktake.objects.get().applied_at is not None


def test_what_nobody_sells_stays_typed(client: Client, shop: Merchant) -> None:
    place = make.location(shop).public_id
    client.post(url("stocktake", shop, place))

    answer = client.post(url("stocktake_lines", shop, place), scan("9 780 000"))

    assert answer.status_code == 422
    assert "Nothing in your shop has this barcode or SKU" in answer.content.decode()
    assert 'value="9 780 000"' in answer.content.decode()


def test_a_count_can_forget_a_line_and_be_dropped(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop), sku="LAMP-1"), 5)
    place = stock.location.public_id
    client.post(url("stocktake", shop, place))
    client.post(url("stocktake_lines", shop, place), scan("LAMP-1", how="all"))
    client.post(url("stocktake_lines", shop, place), scan("LAMP-1", how="forget", key="b"))

    assert not Stocktake.objects.get().lines.exists()
    client.post(url("stocktake", shop, place), {"method": "delete"})
    refused = client.post(url("stocktake_application", shop, place))

    assert refused.status_code == 409
    assert Stocktake.objects.get().dropped_at is not None


def test_goods_go_to_the_store_and_come_in_with_a_difference(
    client: Client, shop: Merchant
) -> None:
    stock = make.stocked(make.variant(make.product(shop), sku="LAMP-1"), 5)
    store = make.location(shop, LocationKind.STORE)
    where = {"origin": stock.location.public_id, "destination": store.public_id, "key": "k"}

    for _ in range(2):
        client.post(url("transfers", shop), where)
    transfer = Transfer.objects.get()
    client.post(url("transfer_lines", shop, transfer.public_id), scan("LAMP-1", "3"))
    client.post(url("transfer_dispatch", shop, transfer.public_id))
    name = f"received-{stock.variant.public_id}"
    wrong = client.post(url("transfer_reception", shop, transfer.public_id), {name: "two"})
    client.post(url("transfer_reception", shop, transfer.public_id), {name: "2"})

    assert (wrong.status_code, 'value="two"' in wrong.content.decode()) == (422, True)
    assert list(Stock.objects.order_by("pk").values_list("on_hand", flat=True)) == [2, 2]
    page = client.get(url("transfer", shop, transfer.public_id)).content.decode()
    assert "<strong>(-1)</strong>" in page
    again = client.post(url("transfer_reception", shop, transfer.public_id), {name: "2"})
    assert again.status_code == 409


def test_a_transfer_goes_somewhere_else(client: Client, shop: Merchant) -> None:
    place = make.location(shop)
    make.location(shop)
    where = {"origin": place.public_id, "destination": place.public_id, "key": "k"}

    answer = client.post(url("transfers", shop), where)

    assert answer.status_code == 422
    assert "Choose another place" in answer.content.decode()
    assert not Transfer.objects.exists()
