"""Products by what they are: filtered, counted, in order, page by page."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from vitrine.catalog.models import Attribute, AttributeValue, Category, Product, Stock, Variant
from vitrine.search import browsing, dictionary, keeping
from vitrine.search.browsing import Sort, Wish
from vitrine.search.models import Facet, ProductEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    browsing.forget()


def shown(**wish: object) -> list[str]:
    return [card.title for card in browsing.browse(Wish(**wish), at=make.NOON).rows]  # type: ignore[arg-type]


def counted(**wish: object) -> dict[tuple[str, str], int]:
    values = browsing.browse(Wish(**wish), at=make.NOON).counts.values  # type: ignore[arg-type]
    return {(one.name or one.kind, one.value): one.n for one in values}


def thing(
    title: str, *, category: str = "", price: int = 2_000, stock: int = 1, **fields: Any
) -> Product:
    place = Category.objects.get(key=category) if category else None
    made = make.product(title=title, listed_in=place, option_names=["Color"], **fields)
    colour = [str(title.split()[0]).capitalize()]
    make.variant(made, price_minor=price, stock=stock, option_values=colour)
    return made


def test_a_category_has_what_is_in_it_and_below() -> None:
    thing("red lamp", category="home/lighting")
    thing("blue chair", category="home/furniture/chairs")
    thing("green shirt", category="clothing/tops")

    assert set(shown(category="home")) == {"red lamp", "blue chair"}
    assert shown(category="home/lighting") == ["red lamp"]
    assert shown(category="food") == []
    assert counted()[("home", "Home")] == 2


def test_brand_shop_option_value_price_and_stock_narrow_the_list() -> None:
    lamp = thing("red lamp", brand="Daybird", price=1_000, category="home/lighting")
    thing("red chair", brand="DAYBIRD", price=3_000)
    thing("blue lamp", brand="Other", price=2_000, stock=0)
    power = Attribute.objects.get(category__key="home/lighting", key="power")
    AttributeValue.objects.create(product=lamp, attribute=power, said="40")

    assert set(shown(brand="daybird")) == {"red lamp", "red chair"}
    assert shown(shop=lamp.merchant.slug) == ["red lamp"]
    assert set(shown(attributes=(("color", "red"),))) == {"red lamp", "red chair"}
    assert shown(attributes=(("power", "40 W"),)) == ["red lamp"]
    assert shown(from_minor=1_500, until_minor=2_500) == ["blue lamp"]
    keeping.turn(at=make.NOON)
    assert set(shown(in_stock=True)) == {"red lamp", "red chair"}
    assert shown(brand="daybird", attributes=(("color", "Blue"),)) == []
    assert counted(brand="Daybird")[("color", "Red")] == 2


def test_words_and_facets_together_take_one_statement() -> None:
    thing("red lamp", brand="Daybird")
    thing("blue lamp", brand="Other")
    wish = Wish(reading=dictionary.read("lamp"), brand="Other")

    with CaptureQueriesContext(connection) as captured:
        found = browsing.browse(wish, at=make.NOON)

    assert [card.title for card in found.rows] == ["blue lamp"]
    assert found.counts.total == 1
    assert len(captured) == 1


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_one_another_in_every_order(sort: Sort) -> None:
    for number in range(browsing.PAGE * 2 + 3):
        made = make.product(
            title=f"Lamp {number}", published_at=make.NOON - timedelta(hours=number % 7)
        )
        make.variant(made, price_minor=1_000 + number % 5)

    for reading in (None, dictionary.read("lamp")):
        titles: list[str] = []
        prices: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            found = browsing.browse(Wish(reading=reading, sort=sort, after=cursor), at=make.NOON)
            titles += [card.title for card in found.rows]
            prices += [card.price_minor or 0 for card in found.rows]
            cursor = found.next_cursor
        assert len(titles) == len(set(titles)) == browsing.PAGE * 2 + 3
        if sort in (Sort.CHEAP, Sort.DEAR):
            assert prices == sorted(prices, reverse=sort is Sort.DEAR)


def test_what_leaves_the_sale_leaves_the_list_at_once_and_may_come_back() -> None:
    lamp = thing("red lamp", stock=0)
    lamp.withdraw(at=make.NOON)
    assert shown() == []

    lamp.publish(at=make.NOON)
    assert shown() == ["red lamp"]
    lamp.delete()
    assert shown() == []
    assert not ProductEntry.objects.exists()


def test_a_change_of_any_part_is_entered_in_its_own_transaction() -> None:
    lamp = thing("red lamp")
    Variant.objects.filter(product=lamp).update(option_values=["Green"], price_minor=700)
    assert shown(attributes=(("color", "green"),), until_minor=700) == ["red lamp"]
    assert shown(attributes=(("color", "red"),)) == []

    Product.objects.filter(pk=lamp.pk).update(brand="New")
    assert shown(brand="new") == ["red lamp"]


def test_stock_and_turning_prices_are_entered_by_the_minute() -> None:
    lamp = thing("red lamp")
    day = timedelta(days=1)
    entry = ProductEntry.objects.get()
    Variant.objects.update(next_minor=900, next_from=make.NOON + 400 * day)
    Stock.objects.update(on_hand=0)
    assert ProductEntry.objects.get().reprice_at == make.NOON + 400 * day

    keeping.turn(at=make.NOON)

    entry.refresh_from_db()
    assert (entry.in_stock, entry.price_minor) == (False, 2_000)
    card = browsing.browse(Wish(), at=make.NOON + 401 * day).rows[0]
    assert (card.price_minor, card.is_in_stock) == (900, False)
    assert lamp.title == card.title


def test_what_no_product_is_any_more_is_forgotten() -> None:
    thing("red lamp", brand="Daybird", stock=0).delete()

    keeping.forget_facets()

    assert not Facet.objects.exists()


@pytest.mark.parametrize("after", ["x", "bm90IGpzb24", "WzEsMl0x", "W251bGwsIC0xXQ"])
def test_a_cursor_that_cannot_be_read_starts_from_the_top(after: str) -> None:
    thing("red lamp")

    assert shown(after=after) == ["red lamp"]
