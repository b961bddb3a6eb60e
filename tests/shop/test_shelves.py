"""The shop's list as a page."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from vitrine.catalog.models import Category, Variant
from vitrine.search import browsing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    browsing.forget()


def test_the_list_shows_what_is_on_sale_and_ways_to_narrow_it(client: Client) -> None:
    light = Category.objects.get(key="home/lighting")
    for number in range(2):
        lamp = make.product(title=f"A <lamp> {number}", brand=f"Maker & {number}", listed_in=light)
        make.variant(lamp, price_minor=1_250, stock=1)

    page = client.get("/shop?in=home").content.decode()

    assert "A &lt;lamp&gt; 0" in page
    assert "$12.50" in page
    assert "/shop?in=home%2Flighting" in page
    assert "brand=Maker+%26+1" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=lamp&in=nowhere&sort=upside&from=cheap&until=-1&after=x",
        "q=%20&is.=x&is.color=" + "x" * 300,
        "q=%27%29%3B--&brand=%25%28x%29s&shop=%7B%7D&is.%25s=%25s",
        "q=...",
    ],
)
def test_whatever_is_asked_the_page_answers(client: Client, query: str) -> None:
    make.variant(make.product(title="A lamp"))

    assert client.get(f"/shop?{query}").status_code == 200


def test_tiles_and_pages_show_the_price_of_this_very_moment(client: Client) -> None:
    lamp = make.variant(make.product(title="A lamp"), price_minor=5_000, stock=1)
    page = lamp.product.get_absolute_url()
    before = [client.get(url).content.decode() for url in ("/shop", page)]
    begins_at = timezone.now() + timedelta(seconds=0.3)
    Variant.objects.filter(pk=lamp.pk).update(sale_minor=3_000, sale_from=begins_at)
    same = [client.get(url).content.decode() for url in ("/shop", page)]
    time.sleep(max((begins_at - timezone.now()).total_seconds(), 0))
    begun = [client.get(url).content.decode() for url in ("/shop", page)]
    Variant.objects.filter(pk=lamp.pk).update(sale_until=timezone.now())
    over = [client.get(url).content.decode() for url in ("/shop", page)]
    Variant.objects.filter(pk=lamp.pk).update(price_minor=7_000)
    dearer = [client.get(url).content.decode() for url in ("/shop", page)]

    for shown, price in (
        *((one, "$50.00") for one in before + over),
        *((one, "$30.00") for one in begun),
        *((one, "$70.00") for one in dearer),
    ):
        others = {"$50.00", "$30.00", "$70.00"} - {price}
        assert price in shown
        assert 'class="offer-price num">' + price in shown or "tile" in shown
        if "tile" in shown:
            assert not any(other in shown for other in others)
    assert all("$50.00" in one for one in same) or timezone.now() >= begins_at


def test_the_page_of_a_product_says_at_once_that_it_is_sold_out(client: Client) -> None:
    lamp = make.variant(make.product(title="A lamp"), stock=1)
    page = lamp.product.get_absolute_url()
    before = client.get(page).content.decode()
    lamp.stock.update(reserved=1)

    assert "Sold out" not in before
    assert "Sold out" in client.get(page).content.decode()


def test_fields_that_are_drawn_once_are_each_regions_own(client: Client) -> None:
    page = make.variant(make.product(title="A lamp"), stock=1).product.get_absolute_url()
    usual = client.get(page).content.decode()
    elsewhere = client.get(f"{page}?region=CA").content.decode()
    client.force_login(make.person(email="ann@example.org"))
    known = client.get(page).content.decode()

    assert '<option value="CA" selected>' in elsewhere
    assert '<option value="CA" selected>' not in usual
    assert "ann@example.org" in known
    assert "ann@example.org" not in elsewhere + usual
