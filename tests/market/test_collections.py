"""What a shop shows together, and what is said of a product."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import product_fields, url
from vitrine.catalog.models import (
    Attribute,
    AttributeValue,
    Category,
    Collection,
    CollectionItem,
    Merchant,
    Product,
    ValueRefused,
)

pytestmark = pytest.mark.django_db


def lamps(shop: Merchant) -> list[Product]:
    light = Category.objects.get(key="home/lighting")
    products = [
        make.product(shop, title=f"Lamp {number}", listed_in=light, brand="Daybird")
        for number in range(3)
    ]
    for number, product in enumerate(products):
        make.variant(product, price_minor=1_000 + number)
    return products


def test_goods_chosen_by_hand_are_shown_in_their_order(client: Client, shop: Merchant) -> None:
    first, second, third = lamps(shop)
    client.post(url("collections", shop), {"title": "Lights", "about": "Warm ones."})
    made = Collection.objects.get()
    for number, product in enumerate((first, second, third)):
        CollectionItem.objects.create(collection=made, product=product, position=number)

    client.post(url("goods", shop, made.public_id), {"first": third.public_id})
    client.post(url("goods", shop, made.public_id), {"out": second.public_id})

    page = Client().get(made.get_absolute_url()).content.decode()
    assert list(made.products(at=make.NOON)) == [third, first]
    assert page.index("Lamp 2") < page.index("Lamp 0")
    assert "Warm ones." in page
    assert "Lights" in Client().get(f"/shop/{shop.slug}").content.decode()


def test_a_rule_takes_what_fits_it_and_nothing_of_another_shop(
    client: Client, shop: Merchant
) -> None:
    first, second, _ = lamps(shop)
    make.variant(make.product(title="Another shop's", brand="Daybird"), price_minor=1_000)
    rule = {"is_ruled": "on", "category": "home", "brand": "daybird", "price_until_minor": "10.01"}

    client.post(url("collections", shop), {"title": "Cheap lights", **rule})

    assert set(Collection.objects.get().products(at=make.NOON)) == {first, second}


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"title": ""}, "title"),
        ({"title": "lights"}, "title"),
        ({"title": "Other", "is_ruled": "on"}, "is_ruled"),
        ({"title": "Other", "price_from_minor": "cheap"}, "price_from_minor"),
        (
            {"title": "Other", "price_from_minor": "20", "price_until_minor": "19.99"},
            "price_until_minor",
        ),
    ],
)
def test_what_cannot_be_is_said(
    client: Client, shop: Merchant, typed: dict[str, str], field: str
) -> None:
    client.post(url("collections", shop), {"title": "Lights"})

    answer = client.post(url("collections", shop), typed)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    texts = [value for value in typed.values() if value not in ("", "on")]
    assert all(f'value="{text}"' in answer.content.decode() for text in texts)
    assert Collection.objects.count() == 1


def test_a_range_of_one_price_is_one(client: Client, shop: Merchant) -> None:
    first, *_ = lamps(shop)
    rule = {"is_ruled": "on", "price_from_minor": "10", "price_until_minor": "10.00"}

    client.post(url("collections", shop), {"title": "At ten", **rule})

    assert list(Collection.objects.get().products(at=make.NOON)) == [first]


def test_what_is_said_of_goods_is_typed_and_kept(client: Client, shop: Merchant) -> None:
    product = lamps(shop)[0]
    power, colour = (
        Attribute.objects.get(key=key, category__key=place)
        for key, place in (("power", "home/lighting"), ("colour", "home"))
    )
    fields = product_fields(
        {"price_minor": "20"},
        category="Lighting",
        **{f"said_{power.pk}": "40 W", f"said_{colour.pk}": "Red"},
    )

    client.post(url("product", shop, product.public_id), fields)
    said = {value.attribute.key: str(value) for value in AttributeValue.objects.all()}
    wrong = client.post(url("product", shop, product.public_id), fields | {f"said_{power.pk}": "x"})
    client.post(url("product", shop, product.public_id), fields | {"listed_in": "food"})

    assert said == {"power": "40 W", "colour": "Red"}
    assert wrong.status_code == 422
    assert "is a number" in wrong.content.decode()
    product.refresh_from_db()
    assert product.listed_in is not None
    assert product.listed_in.key == "food"
    assert not AttributeValue.objects.exists()


@pytest.mark.parametrize(
    "kind, typed, kept",
    [
        ("number", "12,50", "12.5"),
        ("number", "-0.50", "-0.5"),
        ("number", "1e9999", None),
        ("number", "1e-400", None),
        ("number", "nan", None),
        ("boolean", "YES", "yes"),
        ("boolean", "perhaps", None),
        ("choice", "red", "Red"),
        ("choice", "mauve", None),
        ("date", "2026-11-30", "2026-11-30"),
        ("date", "tomorrow", None),
        ("text", "  a   b ", "a b"),
        ("text", "x" * 201, None),
    ],
)
def test_values_fit_their_kind(kind: str, typed: str, kept: str | None) -> None:
    attribute = Attribute(name="It", kind=kind, choices=["Red", "Blue"])

    if kept is None:
        with pytest.raises(ValueRefused):
            attribute.read(typed)
    else:
        assert attribute.read(typed) == kept


def test_what_is_required_has_to_be_said() -> None:
    with pytest.raises(ValueRefused):
        Attribute(name="It", kind="text", is_required=True).read(" ")
