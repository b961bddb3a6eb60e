"""A shop as buyers see it, whatever its merchant wrote."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market.selling import url
from vitrine.catalog.models import LocationKind, Merchant

pytestmark = pytest.mark.django_db


def test_the_window_shows_what_is_on_sale_to_anybody(
    shop: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.variant(make.product(shop, title="On show"), price_minor=1234)
    make.variant(make.product(shop, title="Hidden", published_at=None))
    make.location(shop, LocationKind.STORE, name="Corner store")

    with django_assert_max_num_queries(5):
        page = Client().get(f"/shop/{shop.slug}").content.decode()

    assert "On show" in page
    assert "$12.34" in page
    assert "Hidden" not in page
    assert "Corner store" in page
    assert Client().get("/shop/nobody").status_code == 404


def test_a_hostile_name_is_only_ever_text(client: Client, shop: Merchant, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    Merchant.objects.filter(pk=shop.pk).update(name=hostile)
    make.variant(make.product(shop, title=hostile))
    make.location(shop, name=hostile)

    for page in (
        url("home", shop),
        url("products", shop),
        url("stock", shop),
        f"/shop/{shop.slug}",
    ):
        assert hostile not in client.get(page).content.decode()
