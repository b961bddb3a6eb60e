"""What a process holds of products that ads lead to names whatever the search would find."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import make
from vitrine.catalog.models import Category, Product
from vitrine.kernel import prepared
from vitrine.search import ad_products, browsing, dictionary
from vitrine.search.browsing import Wish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    ad_products.forget()
    yield
    ad_products.forget()


@pytest.fixture
def products() -> list[Product]:
    """Put some products on sale that share words, shops, brands and prices."""
    shop, other = make.merchant("One"), make.merchant("Two")
    chairs = Category.objects.get(key="home/furniture/chairs")
    made = []
    for n, title in enumerate(
        ("Brass lamp", "Lamplight of brass", "Étagère", "Oak table", "#lamp")
    ):
        product = make.product(
            other if n % 2 else shop, title=title, brand="Oak & co", listed_in=chairs
        )
        make.variant(product, stock=3, price_minor=1_000 * (n + 1))
        made.append(product)
    return made


def fitting(wish: Wish, products: list[Product]) -> set[int]:
    """Return what the search's own index says."""
    sql, values = browsing.fitting(wish, [one.pk for one in products])
    return {pk for (pk,) in prepared.rows(sql, values)}


@pytest.mark.parametrize(
    "typed", ["lamp", "lamp ", "brass lamp", "LAMP brass ", "la", "etag", "oak", "lanp ", "table x"]
)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"brand": "Oak & co"},
        {"brand": "OAK & co"},
        {"brand": "Nobody"},
        {"shop": "one"},
        {"category": "home"},
        {"category": "clothing"},
        {"from_minor": 2_000, "until_minor": 3_000},
        {"until_minor": 2_000},
        {"attributes": (("color", "Red"),)},
    ],
)
def test_it_names_what_the_search_finds_and_nothing_else(
    typed: str, fields: dict[str, Any], products: list[Product]
) -> None:
    wish = Wish(reading=dictionary.read(typed), **fields)

    named = ad_products.known([one.pk for one in products], at=make.NOON).among(wish)

    assert set(named) == fitting(wish, products)


def test_some_are_found_by_a_word_its_beginning_and_their_shop(products: list[Product]) -> None:
    known = ad_products.known([one.pk for one in products], at=make.NOON)

    def named(typed: str, **fields: Any) -> set[int]:
        return set(known.among(Wish(reading=dictionary.read(typed), **fields)))

    brass, light, *_ = (one.pk for one in products)
    assert named("brass ") == {brass, light}
    assert named("lamp ") >= {brass}
    assert light not in named("lamp ")
    assert light in named("lamp")
    assert named("brass", shop=products[0].merchant.slug) == {brass}
    assert named("brass", brand="OAK & CO", category="home/furniture") == {brass, light}
    assert named("brass", brand="OAK & CO", category="clothing") == set()
    assert known.among(Wish()) == []


def test_it_is_read_once_a_minute(
    products: list[Product], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pks = [one.pk for one in products]
    with django_assert_num_queries(1):
        ad_products.known(pks, at=make.NOON)
        ad_products.known(pks, at=make.NOON + timedelta(seconds=59))
    with django_assert_num_queries(2):
        ad_products.known(pks, at=make.NOON + timedelta(minutes=1))
        ad_products.known(pks[1:], at=make.NOON + timedelta(minutes=1))
