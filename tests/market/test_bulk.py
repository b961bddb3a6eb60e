"""Changing many products at once."""

from decimal import Decimal

import pytest
from django.test import Client

from tests import make
from tests.market.selling import url
from vitrine.catalog import rounding
from vitrine.catalog.models import Category, Collection, Merchant, Product, Variant
from vitrine.catalog.rounding import Rounding

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "price, percent, amount, to, expected",
    [
        (2_000, "-10", 0, Rounding.EXACT, 1_800),
        (1_999, "-33.33", 0, Rounding.EXACT, 1_333),
        (1_999, "0", -5_000, Rounding.EXACT, 0),
        (1_840, "0", 0, Rounding.WHOLE, 1_800),
        (1_850, "0", 0, Rounding.WHOLE, 1_900),
        (1_840, "0", 0, Rounding.NINETY_NINE, 1_799),
        (1_860, "0", 0, Rounding.NINETY_NINE, 1_899),
        (1_860, "0", 0, Rounding.NINETY_FIVE, 1_895),
        (3, "0", 0, Rounding.NINETY_NINE, 99),
        (3, "0", 0, Rounding.WHOLE, 100),
        (0, "50", 0, Rounding.NINETY_NINE, 0),
    ],
)
def test_new_prices_are_rounded_as_asked(
    price: int, percent: str, amount: int, to: Rounding, expected: int
) -> None:
    new = rounding.changed(price, percent=Decimal(percent), amount_minor=amount, rounding=to)

    assert new == expected


def fill(shop: Merchant) -> list[Product]:
    products = [make.product(shop, title=f"Lamp {number}") for number in range(3)]
    for product in products:
        make.variant(product)
    return products


def test_prices_are_shown_first_and_then_changed(client: Client, shop: Merchant) -> None:
    fill(shop)
    make.variant(make.product(title="Another shop's lamp"))
    typed = {"q": "lamp", "pricing": "price", "way": "-", "percent": "10"}

    shown = client.post(url("change", shop), typed)
    assert Variant.objects.filter(price_minor=2_000).count() == 4
    mark = shown.context["preview"].mark
    done = client.post(url("change", shop), typed | {"mark": mark})

    assert done.status_code == 302
    assert Variant.objects.filter(merchant=shop, price_minor=1_800).count() == 3
    assert Variant.objects.filter(price_minor=2_000).count() == 1


def test_what_changed_meanwhile_is_looked_at_again(client: Client, shop: Merchant) -> None:
    product = fill(shop)[0]
    typed = {"pricing": "sale", "way": "-", "percent": "50"}
    mark = client.post(url("change", shop), typed).context["preview"].mark
    Variant.objects.filter(product=product).update(price_minor=9_900)

    answer = client.post(url("change", shop), typed | {"mark": mark})

    assert answer.status_code == 409
    assert not Variant.objects.exclude(sale_minor=None).exists()


def test_chosen_products_go_on_sale_into_a_category_and_a_collection(
    client: Client, shop: Merchant
) -> None:
    first, second, _ = fill(shop)
    Product.objects.update(published_at=None)
    collection = Collection.objects.create(
        merchant=shop, title="Lights", slug="lights", created_at=make.NOON
    )
    typed = {
        "product": [first.public_id, second.public_id],
        "category": "home/lighting",
        "collection": collection.public_id,
        "shown": "publish",
        "singly": "1",
    }
    mark = client.post(url("change", shop), typed).context["preview"].mark
    unseen = client.post(url("change", shop), typed | {"shown": "withdraw", "mark": mark})
    assert unseen.status_code == 409
    assert not Product.objects.exclude(withdrawn_at=None).exists()

    client.post(url("change", shop), typed | {"mark": mark})

    light = Category.objects.get(key="home/lighting")
    assert Product.objects.on_sale().filter(listed_in=light).count() == 2
    assert list(collection.products(at=make.NOON)) == [first, second]


def test_nothing_chosen_changes_nothing(client: Client, shop: Merchant) -> None:
    fill(shop)

    answer = client.post(url("change", shop), {"singly": "1", "shown": "withdraw", "mark": "x"})

    assert answer.status_code == 422
    assert Product.objects.on_sale().count() == 3


@pytest.mark.parametrize(
    "typed, field",
    [
        ({}, "__all__"),
        ({"pricing": "price"}, "percent"),
        ({"pricing": "sale", "way": "+", "percent": "5"}, "way"),
        (
            {"pricing": "end", "since": "2026-12-01T10:00", "until": "2026-11-01T10:00"},
            "until",
        ),
        ({"pricing": "price", "percent": "-5"}, "percent"),
        ({"pricing": "sale", "percent": "5", "until": "9999-12-31T23:59"}, "until"),
    ],
)
def test_what_cannot_be_is_said_and_kept(
    client: Client, shop: Merchant, typed: dict[str, str], field: str
) -> None:
    fill(shop)

    answer = client.post(url("change", shop), typed)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
