"""Reading Shopify's product CSV."""

import io
from pathlib import Path

import pytest

from tests.catalog.feeding import lamp, more, read, shopify, whats
from vitrine.catalog.feeds.rows import FeedRefused, Severity


def test_rows_of_one_handle_make_one_product() -> None:
    feed = shopify(
        lamp(**{"Option1 Name": "Size", "Option1 Value": "S", "Image Src": "https://x.example/1"}),
        more(**{"Option1 Value": "M", "Variant SKU": "lamp-2", "Variant Price": "15"}),
        more(**{"Image Src": "https://x.example/2", "Image Position": "2"}),
    )

    (item,) = read(feed)

    assert item.product is not None
    assert item.product.option_names == ("Size",)
    assert [(v.sku, v.options, v.price_minor, v.stock) for v in item.product.variants] == [
        ("lamp-1", ("S",), 1234, 5),
        ("lamp-2", ("M",), 1500, None),
    ]
    assert [each.url for each in item.product.pictures] == [
        "https://x.example/1",
        "https://x.example/2",
    ]
    assert item.findings == ()


def test_a_product_with_one_variant_has_no_options() -> None:
    (item,) = read(shopify(lamp()))

    assert item.product is not None
    assert item.product.option_names == ()
    assert item.product.variants[0].options == ()


def test_line_ends_inside_a_cell_keep_positions_exact() -> None:
    feed = shopify(
        lamp("one", **{"Body (HTML)": "first\r\nsecond\r\nthird"}),
        lamp("two", **{"Variant Price": "-1"}),
    )

    one, two = read(feed)

    assert one.product is not None
    assert two.product is None
    assert two.line == 5
    assert two.findings[0].line == 5


@pytest.mark.parametrize(
    "cells, where, what",
    [
        ({"Title": ""}, "Title", "The title is missing."),
        ({"Variant Price": "-1"}, "Variant Price", "The price -1 is negative."),
        ({"Variant Price": "1.005"}, "Variant Price", "USD has 2 decimals; “1.005” has more."),
        ({"Variant Price": ""}, "Variant Price", "The price is missing."),
        ({"Variant Inventory Qty": "lots"}, "Variant Inventory Qty", "“lots” is not a count."),
        ({"Published": "perhaps"}, "Published", "“perhaps” is neither yes nor no."),
        ({"Title": "x" * 201}, "Title", "The text has 201 characters."),
    ],
)
def test_a_wrong_cell_keeps_the_product_out_and_says_where(
    cells: dict[str, str], where: str, what: str
) -> None:
    wrong, right = read(shopify(lamp(**cells), lamp("other")))

    assert wrong.product is None
    assert [(f.line, f.where, f.what, f.product) for f in wrong.findings] == [
        (2, where, what, "lamp")
    ]
    assert wrong.findings[0].do
    assert right.product is not None


def test_one_wrong_variant_keeps_the_whole_product_out() -> None:
    feed = shopify(
        lamp(**{"Option1 Name": "Size", "Option1 Value": "S"}),
        more(**{"Option1 Value": "M", "Variant SKU": "lamp-2", "Variant Price": "free"}),
    )

    (item,) = read(feed)

    assert item.product is None
    assert item.findings[0].line == 3


def test_a_handle_that_comes_back_is_refused_and_the_first_is_kept() -> None:
    first, other, again = read(
        shopify(lamp(), lamp("other"), lamp(**{"Variant SKU": "x", "Title": "Another lamp"}))
    )

    assert first.product is not None
    assert other.product is not None
    assert again.product is None
    assert whats([again]) == ["The handle “lamp” was already used on line 2."]


def test_two_products_under_one_handle_are_both_kept_out() -> None:
    (item,) = read(shopify(lamp(), lamp(Title="A chair", **{"Variant SKU": "chair"})))

    assert item.product is None
    assert "The handle “lamp” is used by a second product, “A chair”." in whats([item])


def test_a_sku_used_twice_is_refused() -> None:
    _, item = read(shopify(lamp(), lamp("other", **{"Variant SKU": "lamp-1"})))

    assert item.product is None
    assert whats([item]) == ["The SKU “lamp-1” was already used on line 2."]


def test_a_row_that_was_cut_off_keeps_its_product_out() -> None:
    feed = shopify(lamp(), lamp("other"))
    cut = feed[: feed.rindex("12.34") + 2]

    one, two = read(cut)

    assert one.product is not None
    assert two.product is None
    assert two.key == "other"
    assert whats([two]) == ["The row has 11 cells where the header has 14."]


def test_missing_columns_are_named() -> None:
    with pytest.raises(FeedRefused, match="The header row lacks Title, Variant Price"):
        read("Handle,Body (HTML)\r\nlamp,x\r\n")


def test_a_quote_that_is_never_closed_is_found_where_it_opens() -> None:
    feed = shopify(lamp(), lamp("other")) + '"broken,x\r\n' + "a,b\r\n" * 100

    with pytest.raises(FeedRefused, match="never closed") as refused:
        read(feed)

    assert refused.value.finding.line == 4


def test_a_cell_of_50_mb_costs_its_own_product_only() -> None:
    huge = lamp("huge", **{"Body (HTML)": "x" * 50_000_000})

    one, two, three = read(shopify(lamp("one"), huge, lamp("three")))

    assert one.product is not None
    assert (two.key, two.line, two.product) == ("huge", 3, None)
    assert whats([two]) == ["The row is longer than any product needs."]
    assert three.product is not None
    assert three.line == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_stated_encodings_are_read(encoding: str) -> None:
    (item,) = read(shopify(lamp(Title="Café")).encode(encoding))

    assert item.product is not None
    assert item.product.title == "Café"


def test_a_file_that_is_not_utf_8_is_read_as_windows_1252_and_says_so() -> None:
    note, item = read(shopify(lamp(Title="Café “lamp”")).encode("cp1252"))

    assert note.findings[0].severity is Severity.NOTE
    assert "Windows-1252" in note.findings[0].what
    assert item.product is not None
    assert item.product.title == "Café “lamp”"


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(FeedRefused, match="empty"):
        read("")
    with pytest.raises(FeedRefused, match="neither"):
        read("hello")
    with pytest.raises(FeedRefused):
        read(b"\x89PNG\r\n\x1a\n\x00\x00")


@pytest.mark.parametrize(
    "name, products, variants, pictures",
    [("shopify_eshop.csv", 101, 101, 101), ("shopify_saleor.csv", 32, 73, 47)],
)
def test_real_feeds_are_read_whole(
    shared: Path, name: str, products: int, variants: int, pictures: int
) -> None:
    content = (shared / "catalog" / "feeds" / name).read_bytes()

    read_products = [item.product for item in read(content) if item.product]

    assert len(read_products) == products
    assert sum(len(each.variants) for each in read_products) == variants
    assert sum(len(each.pictures) for each in read_products) == pictures


def test_the_stream_stays_open_for_whoever_opened_it() -> None:
    stream = io.BytesIO(shopify(lamp()).encode())

    read(stream.getvalue())

    assert not stream.closed
