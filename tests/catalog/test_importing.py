"""Bringing a feed into a merchant's catalogue."""

import pytest

from tests import make
from tests.catalog.bringing import bring, counts, stocked_shop
from tests.catalog.feeding import lamp, more, offer, rss, shopify
from vitrine.catalog import invariants, stockkeeping
from vitrine.catalog.models import Product, Stock, StockMovement, Variant

pytestmark = pytest.mark.django_db


def test_a_product_comes_in_with_variants_and_first_stock() -> None:
    shop = stocked_shop()
    feed = shopify(
        lamp(**{"Option1 Name": "Size", "Option1 Value": "S", "Vendor": "Daybird"}),
        more(**{"Option1 Value": "M", "Variant SKU": "lamp-2", "Variant Price": "15"}),
    )

    report = bring(shop, feed)

    assert counts(report) == (1, 2, 0, 0)
    assert (report.format, report.remarks.count()) == ("Shopify CSV", 0)
    assert report.finished_at is not None
    product = Product.objects.get(merchant=shop)
    assert (product.source_id, product.title, product.brand) == ("lamp", "A lamp", "Daybird")
    assert product.is_on_sale
    assert list(product.variants.order_by("position").values_list("sku", "price_minor")) == [
        ("lamp-1", 1234),
        ("lamp-2", 1500),
    ]
    stock = Stock.objects.get()
    assert (stock.variant.sku, stock.on_hand, stock.location.name) == ("lamp-1", 5, "Back room")
    assert stock.movements.get().quantity == 5
    assert invariants.stock_adds_up().violations == []


def test_the_second_run_changes_nothing() -> None:
    shop = stocked_shop()
    feed = shopify(lamp(), lamp("chair"), lamp("table", Published="FALSE"))
    bring(shop, feed)

    again = bring(shop, feed)

    assert counts(again) == (0, 0, 3, 0)
    assert StockMovement.objects.count() == 3
    assert Product.objects.on_sale().count() == 2


def test_what_changed_is_changed_and_nothing_else() -> None:
    shop = stocked_shop()
    bring(shop, shopify(lamp(), lamp("chair")))
    before = Product.objects.get(source_id="lamp")

    report = bring(shop, shopify(lamp(Title="A better lamp"), lamp("chair")))

    assert counts(report) == (1, 1, 1, 0)
    after = Product.objects.get(source_id="lamp")
    assert (after.pk, after.public_id) == (before.pk, before.public_id)
    assert after.title == "A better lamp"


def test_variants_that_left_the_feed_are_withdrawn_and_can_come_back() -> None:
    shop = stocked_shop()
    two = shopify(
        lamp(**{"Option1 Name": "Size", "Option1 Value": "S"}),
        more(**{"Option1 Value": "M", "Variant SKU": "lamp-2", "Variant Price": "15"}),
    )
    one = shopify(lamp(**{"Option1 Name": "Size", "Option1 Value": "S"}))
    bring(shop, two)

    bring(shop, one)
    gone = Variant.objects.get(sku="lamp-2").withdrawn_at
    bring(shop, two)

    assert gone == make.NOON
    assert Variant.objects.get(sku="lamp-2").withdrawn_at is None


def test_two_variants_may_swap_their_options() -> None:
    shop = stocked_shop()

    def sizes(first: str, second: str) -> str:
        return shopify(
            lamp(**{"Option1 Name": "Size", "Option1 Value": first}),
            more(**{"Option1 Value": second, "Variant SKU": "lamp-2", "Variant Price": "15"}),
        )

    bring(shop, sizes("S", "M"))
    report = bring(shop, sizes("M", "S"))

    assert counts(report) == (1, 2, 0, 0)
    assert Variant.objects.get(sku="lamp-1").option_values == ["M"]


def test_what_was_taken_off_sale_here_stays_off_sale() -> None:
    shop = stocked_shop()
    bring(shop, shopify(lamp()))
    Product.objects.get().withdraw(at=make.NOON)

    report = bring(shop, shopify(lamp(Title="A better lamp")))

    product = Product.objects.get()
    assert (product.title, product.is_on_sale) == ("A better lamp", False)
    assert "stays so" in report.remarks.get().message


def test_stock_that_is_counted_here_is_not_overwritten_by_a_feed() -> None:
    shop = stocked_shop()
    bring(shop, shopify(lamp()))
    stock = Stock.objects.get()
    stockkeeping.count(stock, 2, seen=5, key="count:1", by=None, at=make.NOON)

    bring(shop, shopify(lamp(Title="A better lamp")))

    stock.refresh_from_db()
    assert stock.on_hand == 2


def test_each_finding_is_a_remark_with_its_row() -> None:
    shop = stocked_shop()
    feed = shopify(lamp(), lamp("chair", **{"Variant Price": "-1"}), lamp("table"))

    report = bring(shop, feed)

    assert counts(report) == (2, 2, 0, 1)
    remark = report.remarks.get()
    assert (remark.row, remark.item, remark.column, remark.severity) == (
        3,
        "chair",
        "Variant Price",
        "error",
    )
    assert remark.message == "The price -1 is negative. Write a price of 0 or more."
    assert not Product.objects.filter(source_id="chair").exists()


def test_a_sku_of_another_product_is_refused_and_the_rest_goes_on() -> None:
    shop = stocked_shop()
    bring(shop, shopify(lamp()))

    report = bring(shop, shopify(lamp("copy", **{"Variant SKU": "lamp-1"}), lamp("chair")))

    assert counts(report) == (1, 1, 0, 1)
    assert report.remarks.get().message.startswith("The SKU “lamp-1” belongs to “A lamp”.")
    assert not Product.objects.filter(source_id="copy").exists()


def test_two_merchants_may_use_the_same_ids() -> None:
    one, other = stocked_shop(), stocked_shop()

    bring(one, shopify(lamp()))
    report = bring(other, shopify(lamp()))

    assert counts(report) == (1, 1, 0, 0)


def test_prices_in_another_currency_import_nothing() -> None:
    shop = stocked_shop()

    report = bring(shop, rss(offer("A1", price="12.34 EUR"), offer("A2")))

    assert counts(report) == (1, 1, 0, 1)
    error = report.remarks.get(severity="error")
    assert "in EUR, but this shop sells in USD" in error.message
    assert list(Product.objects.values_list("source_id", flat=True)) == ["A2"]


def test_a_file_that_cannot_be_read_ends_in_a_report_that_says_so() -> None:
    shop = stocked_shop()

    report = bring(shop, rss(offer("A1"), before="<!DOCTYPE r [<!ENTITY a 'b'>]>"))

    assert counts(report) == (0, 0, 0, 0)
    assert report.finished_at is not None
    assert report.remarks.get().column == "DOCTYPE"
    assert not Product.objects.exists()


def test_a_file_that_breaks_off_imports_what_was_whole_before() -> None:
    shop = stocked_shop()
    feed = shopify(lamp("one"), lamp("two"), lamp("three")) + '"broken,x\r\n' + "a,b\r\n" * 9

    report = bring(shop, feed)

    assert counts(report) == (2, 2, 0, 1)
    assert report.finished_at is not None
    assert list(Product.objects.order_by("pk").values_list("source_id", flat=True)) == [
        "one",
        "two",
    ]
    remarks = report.remarks.filter(message__contains="never closed").order_by("item")
    assert list(remarks.values_list("row", "item")) == [(5, ""), (5, "three")]


def test_characters_that_no_database_takes_end_in_remarks() -> None:
    shop = stocked_shop()
    feed = shopify(
        lamp("la\x00mp", Title="A \x00lamp"),
        lamp("chair", **{"Variant Price": "1\x002", "Image Src": "http://x\x00.example/1"}),
    )

    report = bring(shop, feed)

    assert Product.objects.get(source_id="lamp").title == "A lamp"
    assert report.finished_at is not None
