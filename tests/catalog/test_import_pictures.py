"""Pictures of a feed: from a zip, kept, and gone with what they show."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from tests.catalog.bringing import bring, counts, picture_zip, stocked_shop
from tests.catalog.feeding import lamp, more, shopify
from vitrine.catalog import invariants, pictures
from vitrine.catalog.models import ImportReport, Picture, Product, Variant
from vitrine.kernel import storage

pytestmark = pytest.mark.django_db


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
