"""The seller's pages, as members, other merchants and strangers meet them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market.selling import PLACE, signed_in, url
from vitrine.catalog.models import (
    Location,
    LocationKind,
    Membership,
    Merchant,
    Question,
    Role,
)
from vitrine.orders.models import Order, PayoutTerms

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


def test_what_waits_is_shown_first_and_each_count_is_its_list(
    client: Client, shop: Merchant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.variant(make.product(shop), stock=2)
    lamp = make.variant(make.product(shop), stock=50)
    make.product(shop, published_at=None)
    store = make.location(shop, LocationKind.STORE)
    make.stocked(lamp, 5, at=store)
    make.purchase(lamp, store=store)
    make.purchase(lamp)  # days ago, as all that is made
    late = make.purchase(lamp).group.orders.get()
    Order.objects.filter(pk=late.pk).update(placed_at=timezone.now())
    make.review(lamp)
    Question.ask(lamp.product, "Brass?", by=make.person(), at=make.NOON, is_withheld=False)
    PayoutTerms.objects.update(next_on=make.NOON.date())

    with django_assert_num_queries(5):  # two for the session
        answer = client.get(url("home", shop))

    counts = {str(todo.label): todo for todo in answer.context["today"].waits}
    orders = {
        name: len(client.get(todo.url).context["list"].page.rows)
        for name, todo in counts.items()
        if "/orders/" in todo.url
    }
    assert {name: todo.count for name, todo in counts.items()} == {
        "to ship": 2,
        "late": 1,
        "pick-ups to prepare": 1,
        "waiting at the counter": 0,
        "unread messages": 0,
        "questions to answer": 1,
        "reviews to answer": 1,
        "choices that run low": 1,
        "payout held": 1,
    }
    assert orders == {name: counts[name].count for name in orders}
    assert [todo.count for todo in answer.context["today"].products] == [2, 1, 2]


def test_what_is_rare_is_shown_only_where_there_is_some(client: Client, shop: Merchant) -> None:
    page = client.get(url("home", shop)).content.decode()
    new = make.merchant(owner=(other := make.person()), approved_at=None)

    assert "to ship" in page
    assert "<b>1</b><span>application to hand in" in (
        signed_in(other).get(url("home", new)).content.decode()
    )
    assert not any(
        f"<span>{rare}</span>" in page for rare in ("late", "payout held", "application")
    )


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
