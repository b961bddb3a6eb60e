"""The seller's pages, as members, other merchants and strangers meet them."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market.selling import PLACE, signed_in, url
from vitrine.catalog.models import Location, Membership, Merchant, Role

pytestmark = pytest.mark.django_db


def test_a_person_opens_a_shop_with_its_first_place() -> None:
    person = make.person()
    client = signed_in(person)

    answer = client.post(
        reverse("market:open"), {"shop_name": "Brass & Co", "about": "Lamps"} | PLACE
    )

    shop = Merchant.objects.get()
    assert answer.status_code == 302
    assert (shop.name, shop.slug, shop.currency) == ("Brass & Co", "brass-co", "USD")
    assert Membership.objects.get().role == Role.OWNER
    assert Location.objects.get().name == "Corner store"
    assert client.get("/market/").headers["Location"] == f"/market/{shop.slug}/"


def test_shops_of_the_same_name_get_their_own_address() -> None:
    client = signed_in(make.person())

    for _ in range(2):
        client.post(reverse("market:open"), {"shop_name": "Open", "about": ""} | PLACE)

    assert sorted(Merchant.objects.values_list("slug", flat=True)) == ["open-2", "open-3"]


def test_a_wrong_form_keeps_what_was_typed() -> None:
    client = signed_in(make.person())

    answer = client.post(
        reverse("market:open"),
        {"shop_name": "Brass & Co", "about": "Old lamps"} | PLACE | {"postcode": "ABC"},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write it like" in page
    assert "Old lamps" in page
    assert 'value="Corner store"' in page
    assert not Merchant.objects.exists()


def test_what_waits_is_shown_first(
    client: Client, shop: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.variant(make.product(shop), stock=2)
    make.variant(make.product(shop), stock=50)
    make.product(shop, published_at=None)

    with django_assert_max_num_queries(12):
        page = client.get(url("home", shop)).content.decode()

    assert "choices that run low" in page
    assert "<b>1</b><span>drafts</span>" in page
    assert "<b>2</b><span>without a picture</span>" in page


@pytest.mark.parametrize(
    "name",
    ["home", "orders", "products", "new_product", "stock", "imports", "settings", "new_location"],
)
def test_every_page_opens_for_its_owner_and_for_no_stranger(
    client: Client, shop: Merchant, name: str
) -> None:
    make.location(shop)
    make.merchant(owner=(other := make.person()))
    page = url(name, shop)

    assert client.get(page).status_code == 200
    assert signed_in(make.person()).get(page).status_code == 404
    assert signed_in(other).get(page).status_code == 404
    assert Client().get(page).headers["Location"] == f"/account/login/?next={page}"


@pytest.mark.parametrize(
    "role, open_pages",
    [
        (Role.CATALOGUE, {"home", "products", "stock", "imports"}),
        (Role.ORDERS, {"home", "orders", "stock"}),
        (Role.COUNTER, {"home", "orders", "stock"}),
        (Role.FINANCE, {"home"}),
    ],
)
def test_a_role_opens_its_pages_and_no_others(
    shop: Merchant, role: Role, open_pages: set[str]
) -> None:
    make.member(shop, person := make.person(), role)
    client = signed_in(person)
    pages = ["home", "orders", "products", "new_product", "stock", "imports", "settings"]

    opened = {name for name in pages if client.get(url(name, shop)).status_code == 200}

    assert opened - {"new_product"} == open_pages
    assert ("new_product" in opened) == (role == Role.CATALOGUE)
    for href in (f'href="{url(name, shop)}"' for name in set(pages) - opened):
        assert href not in client.get(url("home", shop)).content.decode()
