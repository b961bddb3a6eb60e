"""A shop as buyers see it, whatever its merchant wrote."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market import applying
from tests.market.selling import url
from vitrine.catalog.applying import decide
from vitrine.catalog.models import LocationKind, Merchant
from vitrine.catalog.verdicts import Outcome

pytestmark = pytest.mark.django_db


def test_the_window_shows_what_is_on_sale_to_anybody(
    shop: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    on_show = make.product(shop, title="On show")
    make.variant(on_show, price_minor=1234)
    make.variant(on_show, price_minor=2345, sale_minor=1234)
    make.variant(make.product(shop, title="Hidden", published_at=None))
    make.location(shop, LocationKind.STORE, name="Corner store")

    with django_assert_max_num_queries(9):
        page = Client().get(f"/shop/{shop.slug}").content.decode()

    assert "On show" in page
    assert "$12.34" in page
    assert "from $12.34" not in page  # in the sale, both choices cost the same
    assert "Hidden" not in page
    assert "Corner store" in page
    assert Client().get("/shop/nobody").status_code == 404


def test_the_window_says_who_sells_on_which_terms_and_shows_its_clips() -> None:
    application = applying.submitted()
    shop = application.merchant
    Merchant.objects.filter(pk=shop.pk).update(
        returns_days=14, returns_paid_by="seller", returns_policy="", delivery_policy="By bike."
    )
    lamp = make.product(shop, title="Lamp", category="Light")
    make.variant(lamp)
    make.variant(make.product(shop, title="Bowl", category="Clay"))
    make.tag(make.clip(title="Lamp at night"), lamp)
    before = Client().get(shop.get_absolute_url()).content.decode()

    decide(
        application, by=make.person(), outcome=Outcome.APPROVE, reason="fits", words="",
        at=make.NOON,
    )  # fmt: skip
    page = Client().get(shop.get_absolute_url()).content.decode()
    chosen = Client().get(shop.get_absolute_url(), {"category": "Clay"}).content.decode()

    assert "This shop sells nothing at the moment." in before
    assert "Lamp Shop Incorporated" not in before
    assert "Return within 14 days. The shop pays the way back." in page
    for said in ("By bike.", "Lamp Shop Incorporated", "1 Main Street", "Lamp at night"):
        assert said in page
    assert "12-3456789" not in page  # the tax office's number is nobody's business
    assert ("Bowl" in chosen, "Lamp at night" in chosen) == (True, False)


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
