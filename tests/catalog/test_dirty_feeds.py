"""A dirty file of each format: what is right comes in whole, and the rest is told by row."""

import pytest

from tests.catalog.bringing import bring, counts, stocked_shop
from tests.catalog.feeding import lamp, more, offer, rss, shopify
from vitrine.catalog.models import Picture, Product, Variant

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("http://evil.example")'
INSIDE = "http://169.254.169.254/latest/meta-data"
SHOPIFY = "\ufeff" + shopify(
    lamp("clean", Title="Lampe à huile"),
    lamp("formula", Title=FORMULA),
    lamp("negative", Variant_Price="-1.00"),
    lamp("huge", Title="x" * 2_000_000),
    lamp("half", Option1_Name="Size", Option1_Value="S"),
    more("half", Option1_Value="M", Variant_SKU="half-2", Variant_Price="12.345"),
    lamp("twice"),
    lamp("inside", Image_Src=INSIDE),
    lamp("twice", Variant_SKU="other"),
)
GOOGLE = rss(
    offer("clean", title="Lampe &#224; huile", availability="in stock"),
    offer("formula", title="=HYPERLINK(1)"),
    offer("negative", price="-1.00 USD"),
    offer("huge", title="x" * 2_000_000),
    offer("half-1", item_group_id="half", size="S"),
    offer("half-2", item_group_id="half", size="M", price="nothing"),
    offer("inside", image_link=INSIDE),
    offer("twice"),
    offer("twice", title="Another"),
)


@pytest.mark.parametrize(
    "feed, told",
    [
        (
            SHOPIFY,
            {
                (3, "formula", "Title"),
                (4, "negative", "Variant Price"),
                (5, "huge", "row"),
                (7, "half", "Variant Price"),
                (9, "inside", "picture"),
                (10, "twice", "Handle"),
            },
        ),
        (
            GOOGLE,
            {
                (3, "formula", "title"),
                (4, "negative", "price"),
                (5, "huge", "title"),
                (7, "half", "price"),
                (8, "inside", "picture"),
                (10, "twice", "id"),
                (0, "", "file"),
            },
        ),
    ],
    ids=["shopify", "google"],
)
def test_only_what_is_whole_and_clean_comes_in(feed: str, told: set[tuple[int, str, str]]) -> None:
    report = bring(stocked_shop(), feed)

    rows = report.remarks.values_list("row", "item", "column")
    assert set(rows) == told
    assert counts(report) == (3, 3, 0, 5)
    titles = dict(Product.objects.values_list("source_id", "title"))
    assert titles.keys() == {"clean", "inside", "twice"}
    assert titles["clean"] == "Lampe à huile"
    assert "Another" not in titles.values()
    assert Variant.objects.count() == 3
    assert not Picture.objects.exists()
