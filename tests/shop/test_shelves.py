"""The shop's list as a page."""

import pytest
from django.test import Client

from tests import make
from vitrine.catalog.models import Category
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
