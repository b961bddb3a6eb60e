"""Whole feeds of real shops."""

from pathlib import Path

import pytest

from tests import make
from tests.catalog.bringing import counts, stocked_shop
from vitrine.catalog import importing
from vitrine.catalog.models import Picture, Product
from vitrine.safety import filtering

pytestmark = pytest.mark.django_db


def test_a_whole_shop_comes_in_and_the_second_run_changes_nothing(shared: Path) -> None:
    shop = stocked_shop()
    path = shared / "catalog" / "feeds" / "google_merchant_retail_demo.tsv"

    first = importing.import_products(
        path, merchant=shop, by=None, weigh=filtering.weigh_products, at=make.NOON
    )
    again = importing.import_products(
        path, merchant=shop, by=None, weigh=filtering.weigh_products, at=make.NOON
    )

    assert counts(first) == (2465, 2465, 0, 0)
    assert counts(again) == (0, 0, 2465, 0)
    assert Product.objects.on_sale().filter(merchant=shop).count() == 2465


def test_a_real_feed_comes_in_with_its_pictures(shared: Path) -> None:
    shop = stocked_shop()

    report = importing.import_products(
        shared / "catalog" / "feeds" / "shopify_saleor.csv",
        merchant=shop,
        by=None,
        weigh=filtering.weigh_products,
        at=make.NOON,
        pictures=shared / "catalog",
    )

    assert counts(report) == (32, 73, 0, 0)
    assert Picture.objects.count() == 47
    assert not report.remarks.exists()


@pytest.mark.parametrize(
    "name, products", [("google_merchant_eshop.xml", 101), ("shopify_eshop.csv", 101)]
)
def test_real_feeds_come_in_without_their_pictures_and_say_so(
    shared: Path, name: str, products: int
) -> None:
    shop = stocked_shop()

    report = importing.import_products(
        shared / "catalog" / "feeds" / name,
        merchant=shop,
        by=None,
        weigh=filtering.weigh_products,
        at=make.NOON,
    )

    assert counts(report) == (products, products, 0, 0)
    assert report.remarks.get(column="pictures").message.startswith("101 pictures were not fetched")


def test_a_feed_in_euros_imports_nothing_into_a_shop_in_dollars(shared: Path) -> None:
    shop = stocked_shop()

    report = importing.import_products(
        shared / "catalog" / "feeds" / "google_merchant_thrift.tsv",
        merchant=shop,
        by=None,
        weigh=filtering.weigh_products,
        at=make.NOON,
    )

    assert counts(report) == (0, 0, 0, 120)
    assert report.remarks.filter(column="price", message__contains="EUR").count() == 120
    assert not Product.objects.exists()
