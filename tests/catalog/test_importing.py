"""Bringing a feed into a merchant's catalogue."""

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests import make
from tests.catalog.feeding import lamp, more, offer, rss, shopify
from tests.races import losers, race, winners
from vitrine.catalog import editing, importing, invariants, pictures, stockkeeping
from vitrine.catalog.editing import ProductDraft, VariantDraft
from vitrine.catalog.models import (
    ImportReport,
    Merchant,
    Picture,
    Product,
    Stock,
    StockMovement,
    Variant,
)
from vitrine.kernel import storage
from vitrine.safety import filtering

pytestmark = pytest.mark.django_db


def bring(shop: Merchant, content: str, *, pictures_zip: Path | None = None) -> ImportReport:
    """Import a feed from memory and return its report as it was saved."""
    report = importing.start(shop, filename="feed.csv", by=None, at=make.NOON)
    importing.run(
        report, io.BytesIO(content.encode()), weigh=filtering.weigh_product, pictures=pictures_zip
    )
    return ImportReport.objects.get(pk=report.pk)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.products, report.variants, report.unchanged, report.refused


def stocked_shop() -> Merchant:
    shop = make.merchant()
    make.location(shop, name="Back room")
    return shop


def picture_zip(folder: Path, *names: str) -> Path:
    """Write a zip with a small picture under each name."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "PNG")
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, out.getvalue())
    return path


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


def test_a_zip_that_is_none_is_an_error_and_nothing_is_imported(tmp_path: Path) -> None:
    shop = stocked_shop()
    wrong = tmp_path / "pictures.zip"
    wrong.write_bytes(b"PK but no zip")

    report = bring(shop, shopify(lamp()), pictures_zip=wrong)

    assert counts(report) == (0, 0, 0, 0)
    assert report.remarks.get().severity == "error"
    assert not Product.objects.exists()


def test_pictures_come_from_the_zip_and_are_kept_by_the_second_run(tmp_path: Path) -> None:
    shop = stocked_shop()
    feed = shopify(
        lamp(**{"Image Src": "https://cdn.example.com/shop/lamp.png", "Image Alt Text": "Lit"}),
        more(**{"Image Src": "https://cdn.example.com/shop/missing.png"}),
        more(**{"Image Src": "http://169.254.169.254/latest.png"}),
    )
    files = picture_zip(tmp_path, "shop/lamp.png")

    report = bring(shop, feed, pictures_zip=files)
    picture = Picture.objects.get()
    again = bring(shop, feed, pictures_zip=files)

    assert (picture.alt, picture.width) == ("Lit", 64)
    assert storage.exists(pictures.file_key(picture.key, 480))
    assert sorted(report.remarks.values_list("row", flat=True)) == [3, 4]
    assert "points inside" in report.remarks.get(row=4).message
    assert counts(again) == (0, 0, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_pictures_that_left_the_feed_lose_their_files(tmp_path: Path) -> None:
    shop = stocked_shop()
    files = picture_zip(tmp_path, "lamp.png")
    bring(shop, shopify(lamp(**{"Image Src": "https://x.example/lamp.png"})), pictures_zip=files)
    key = Picture.objects.get().key

    bring(shop, shopify(lamp()))

    assert not Picture.objects.exists()
    assert not storage.exists(pictures.file_key(key, 480))


@pytest.mark.django_db(transaction=True)
def test_a_product_whose_last_row_fails_is_not_there_at_all(tmp_path: Path) -> None:
    shop = stocked_shop()
    feed = shopify(
        lamp("one"),
        lamp("two", **{"Image Src": "https://x.example/two.png"}),
        lamp("three"),
    )
    files = picture_zip(tmp_path, "two.png")
    files_before = set(storage.list_keys(pictures.ROOT))
    # The database itself breaks at the last thing that is written of a product.
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE catalog_picture ADD CONSTRAINT broken CHECK (source_url NOT LIKE '%two%')"
        )

    with pytest.raises(DatabaseError):
        bring(shop, feed, pictures_zip=files)

    assert list(Product.objects.values_list("source_id", flat=True)) == ["one"]
    assert not Variant.objects.filter(sku="two-1").exists()
    assert ImportReport.objects.get().finished_at is None
    assert set(storage.list_keys(pictures.ROOT)) == files_before
    assert invariants.stock_adds_up().violations == []

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_picture DROP CONSTRAINT broken")
    again = bring(shop, feed, pictures_zip=files)

    assert counts(again) == (2, 2, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_imported_twice_at_once_is_imported_once() -> None:
    shop = stocked_shop()
    feed = shopify(*(lamp(f"lamp{number}") for number in range(30)))

    results = race(4, lambda _: bring(shop, feed))

    assert losers(results) == []
    assert len(winners(results)) == 4
    assert Product.objects.count() == 30
    assert StockMovement.objects.count() == 30
    assert invariants.stock_adds_up().violations == []


def test_a_product_is_committed_as_durably_as_everything_else() -> None:
    with CaptureQueriesContext(connection) as captured:
        bring(stocked_shop(), shopify(lamp()))

    assert [one["sql"] for one in captured if "synchronous_commit" in one["sql"]] == []


@pytest.mark.django_db(transaction=True)
def test_an_edit_by_hand_and_an_import_of_the_same_skus_take_turns() -> None:
    shop = stocked_shop()
    feed = shopify(*(lamp(f"lamp{number}") for number in range(20)))
    drafts = [
        ProductDraft("Mine", "", "", "", ("Size",), [VariantDraft("", f"lamp{n}-1", ("S",), 100)])
        for n in range(20)
    ]

    def act(runner: int) -> object:
        if runner == 0:
            return bring(shop, feed)
        saved = []
        for draft in reversed(drafts):
            with contextlib.suppress(editing.SkuInUse):
                saved.append(
                    editing.save(draft, merchant=shop, weigh=filtering.weigh_product, at=make.NOON)
                )
        return saved

    report, saved = race(2, act)

    assert isinstance(report, ImportReport)
    assert isinstance(saved, list)
    assert report.products + len(saved) == 20
    assert report.products + report.refused == 20
    assert Variant.objects.filter(merchant=shop).count() == 20


def test_a_whole_shop_comes_in_and_the_second_run_changes_nothing(shared: Path) -> None:
    shop = stocked_shop()
    path = shared / "catalog" / "feeds" / "google_merchant_retail_demo.tsv"

    first = importing.import_products(
        path, merchant=shop, by=None, weigh=filtering.weigh_product, at=make.NOON
    )
    again = importing.import_products(
        path, merchant=shop, by=None, weigh=filtering.weigh_product, at=make.NOON
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
        weigh=filtering.weigh_product,
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
        weigh=filtering.weigh_product,
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
        weigh=filtering.weigh_product,
        at=make.NOON,
    )

    assert counts(report) == (0, 0, 0, 120)
    assert report.remarks.filter(column="price", message__contains="EUR").count() == 120
    assert not Product.objects.exists()
