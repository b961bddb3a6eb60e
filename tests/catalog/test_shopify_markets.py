"""A file of a shop that sells in several countries: each cell reads and writes its own."""

import csv
import io
from typing import Any

import pytest

from tests.catalog.bringing import bring, stocked_shop
from tests.catalog.feeding import SHOPIFY, lamp, more, read
from vitrine.catalog import exporting
from vitrine.catalog.exporting import Format
from vitrine.catalog.feeds import reading
from vitrine.catalog.feeds.rows import FeedItem, FeedProduct
from vitrine.catalog.models import Product

KINDS = ("Included", "Price", "Compare At Price")
CANADA = ("Canada", "CA")


def feed(*rows: dict[str, Any], markets: tuple[str, ...]) -> str:
    """Write a Shopify CSV with the columns of markets."""
    out = io.StringIO()
    columns = [f"{kind} / {market}" for market in markets for kind in KINDS]
    writer = csv.DictWriter(out, [*SHOPIFY, "Variant Compare At Price", *columns])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def priced(row: dict[str, Any], market: str, price: str, before: str = "") -> dict[str, Any]:
    """Give a row a price in a market."""
    return row | {f"Price / {market}": price, f"Compare At Price / {market}": before}


def read_for(content: str, *countries: str, currency: str) -> list[FeedItem]:
    stream = io.BytesIO(content.encode())
    layout = reading.layout_of(stream)
    return list(reading.read(stream, layout, currency=currency, countries=countries))


def product(item: FeedItem) -> FeedProduct:
    assert item.product is not None, item.findings
    return item.product


def prices(of: FeedProduct) -> list[tuple[int, int | None]]:
    return [(each.price_minor, each.compare_at_minor) for each in of.variants]


def test_each_country_reads_its_own_prices_and_no_others() -> None:
    row = lamp(Option1_Name="Size", Option1_Value="S") | {"Variant Compare At Price": "15.00"}
    row = priced(priced(row, "Canada", "19.90", "24.90"), "International", "99.00")
    large = priced(more(Option1_Value="L", Variant_SKU="lamp-2", Variant_Price="20"), "CA", "1")
    content = feed(row, priced(large, "Canada", "29.90"), markets=("Canada", "International", "CA"))

    (in_canada,) = read_for(content, *CANADA, currency="CAD")
    (elsewhere,) = read_for(content, "New Zealand", "NZ", currency="NZD")

    assert prices(product(in_canada)) == [(1_990, 2_490), (2_990, None)]
    assert in_canada.findings == ()
    assert prices(product(elsewhere)) == [(1_234, 1_500), (2_000, None)]


def test_an_open_price_is_the_usual_one_and_the_file_is_told_once() -> None:
    content = feed(
        lamp("one"), priced(lamp("two"), "Canada", "19.90"), lamp("three"), markets=("Canada",)
    )

    note, one, two, three = read_for(content, *CANADA, currency="CAD")

    assert [prices(product(each))[0][0] for each in (one, two, three)] == [1_234, 1_990, 1_234]
    (said,) = note.findings
    assert (note.product, said.where) == (None, "Price / Canada")
    assert said.what == "Where this is empty, “Variant Price” is read as CAD."


def test_a_wrong_price_is_named_by_its_own_column() -> None:
    content = feed(priced(lamp(), "Canada", "-3"), markets=("Canada",))

    (item,) = read_for(content, *CANADA, currency="CAD")

    assert item.product is None
    assert [each.where for each in item.findings] == ["Price / Canada"]


@pytest.mark.django_db
def test_what_is_not_sold_here_comes_in_as_a_draft_and_leaves_the_shelf_if_it_was_on_it() -> None:
    shop = stocked_shop()
    here = priced(lamp(), "United States", "15.00", "20.00")
    draft = priced(lamp("vase"), "United States", "9.00") | {"Included / United States": "FALSE"}
    first = bring(shop, feed(here, draft, markets=("United States",)))

    assert {one.source_id: one.is_on_sale for one in Product.objects.sold_by(shop)} == {
        "lamp": True, "vase": False,
    }  # fmt: skip
    (remark,) = first.remarks.all()
    assert (remark.item, remark.column) == ("vase", "Included / United States")

    gone = here | {"Included / United States": "false"}
    bring(shop, feed(gone, draft, markets=("United States",)))
    assert not Product.objects.get(source_id="lamp").is_on_sale


@pytest.mark.django_db
def test_an_export_has_the_countrys_columns_and_comes_back_unchanged() -> None:
    shop = stocked_shop()
    here = priced(lamp(), "United States", "15.00", "20.00")
    draft = priced(lamp("vase"), "United States", "9.00") | {"Published": "FALSE"}
    bring(shop, feed(here, draft, markets=("United States",)))

    pieces = exporting.write(shop, Format.SHOPIFY_CSV, origin="https://shop.example")
    written = b"".join(pieces).decode()
    again = bring(shop, written)

    rows = list(csv.DictReader(io.StringIO(written.removeprefix("\ufeff"))))
    told = [[row[f"{kind} / United States"] for kind in KINDS] for row in rows]
    assert told == [["TRUE", "15.00", "20.00"], ["FALSE", "9.00", ""]]
    assert (again.unchanged, again.refused, again.remarks.count()) == (2, 0, 0)
    canadian = read_for(written, *CANADA, currency="CAD")
    assert [prices(product(each)) for each in canadian] == [[(1_500, 2_000)], [(900, None)]]


def test_files_without_markets_read_as_ever() -> None:
    (item,) = read(feed(lamp(), markets=()))
    assert prices(product(item)) == [(1_234, None)]
