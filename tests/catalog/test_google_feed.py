"""Reading Google Merchant feeds, XML and TSV."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.catalog.feeding import offer, read, rss, whats
from vitrine.catalog.feeds.rows import FeedRefused, FeedSale

BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def test_an_offer_is_a_product_with_one_variant() -> None:
    (item,) = read(rss(offer("A1", brand="Daybird", image_link="https://x.example/1.jpg")))

    assert item.product is not None
    assert (item.product.key, item.product.title, item.product.brand) == (
        "A1",
        "Thing A1",
        "Daybird",
    )
    assert item.product.variants[0].sku == "A1"
    assert item.product.variants[0].price_minor == 1234
    assert item.line == 2


def test_offers_of_one_group_are_one_product_wherever_they_stand() -> None:
    items = read(
        rss(
            offer("S", item_group_id="shirt", size="S"),
            offer("other"),
            offer("M", item_group_id="shirt", size="M"),
        )
    )

    assert [item.key for item in items] == ["other", "shirt"]
    shirt = items[1].product
    assert shirt is not None
    assert shirt.option_names == ("Size",)
    assert [(v.sku, v.options) for v in shirt.variants] == [("S", ("S",)), ("M", ("M",))]


def test_one_wrong_offer_keeps_its_whole_group_out() -> None:
    items = read(
        rss(
            offer("S", item_group_id="shirt", size="S"),
            offer("M", item_group_id="shirt", size="M", price="cheap"),
        )
    )

    assert [item.product for item in items] == [None]


def test_the_price_of_delivery_is_not_the_price() -> None:
    shipping = "<g:country>US</g:country><g:price>4.95 USD</g:price>"

    (item,) = read(rss(offer("A1", shipping=shipping)))

    assert item.product is not None
    assert item.product.variants[0].price_minor == 1234


def test_a_sale_price_is_the_price_and_the_price_is_crossed_out() -> None:
    (item,) = read(rss(offer("A1", sale_price="10.00 USD")))

    assert item.product is not None
    assert item.product.variants[0].price_minor == 1000
    assert item.product.variants[0].compare_at_minor == 1234


@pytest.mark.parametrize(
    "days, ends",
    [
        (
            "2026-12-01T09:00-05:00/2026-12-08T09:00-05:00",
            (datetime(2026, 12, 1, 14, tzinfo=UTC), datetime(2026, 12, 8, 14, tzinfo=UTC)),
        ),
        (
            "2026-12-01T09:00-0500 / 2026-12-08T09:00Z",
            (datetime(2026, 12, 1, 14, tzinfo=UTC), datetime(2026, 12, 8, 9, tzinfo=UTC)),
        ),
        ("1970-01-01T00:00Z/9999-12-31T23:59-12:00", (None, None)),
    ],
)
def test_a_sale_for_certain_days_is_planned(days: str, ends: tuple[datetime, datetime]) -> None:
    (item,) = read(rss(offer("A1", sale_price="10.00 USD", sale_price_effective_date=days)))

    assert item.product is not None
    (variant,) = item.product.variants
    assert (variant.price_minor, variant.compare_at_minor) == (1234, None)
    assert variant.sale == FeedSale(1000, *ends)
    assert not item.findings


@pytest.mark.parametrize(
    "days",
    [
        "soon",
        "2026-12-01/2026-12-08",
        "2026-12-01T09:00/2026-12-08T09:00",
        "2026-12-08T09:00Z/2026-12-01T09:00Z",
        "2026-12-01T09:00Z/",
        "2026-12-01T09:00Z/2026-12-02T09:00Z/2026-12-03T09:00Z",
        "0001-01-01T00:00+23:59/10000-01-01T00:00Z",
    ],
)
def test_days_that_are_none_leave_the_full_price(days: str) -> None:
    (item,) = read(rss(offer("A1", sale_price="10.00 USD", sale_price_effective_date=days)))

    assert item.product is not None
    (variant,) = item.product.variants
    assert (variant.price_minor, variant.compare_at_minor, variant.sale) == (1234, None, None)
    assert whats([item]) == [f"“{days}” are not the days of a sale."]


@pytest.mark.parametrize(
    "elements, what",
    [
        ({"price": "12.34 EUR"}, "The price is in EUR, but this shop sells in USD."),
        ({"price": "12.34"}, "“12.34” is not a price with its currency."),
        ({"price": "-1 USD"}, "The price -1 is negative."),
        ({"title": ""}, "The title is missing."),
        ({"title": "=1+1"}, "“=1+1” is a spreadsheet formula."),
        ({"availability": "maybe"}, "“maybe” is not an availability."),
        ({"sale_price": "99 USD"}, "The sale price is not below the price."),
    ],
)
def test_a_wrong_element_keeps_the_offer_out(elements: dict[str, str], what: str) -> None:
    wrong, right = read(rss(offer("A1", **elements), offer("A2")))

    assert wrong.product is None
    assert whats([wrong]) == [what]
    assert wrong.findings[0].line == 2
    assert right.product is not None


def test_an_id_that_comes_twice_is_refused_the_second_time() -> None:
    first, second = read(rss(offer("A1"), offer("A1", title="Another")))

    assert first.product is not None
    assert second.product is None
    assert whats([second]) == ["The id “A1” was already used on line 2."]


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd">'])
def test_a_document_type_is_refused_before_anything_is_read(doctype: str) -> None:
    with pytest.raises(FeedRefused, match="such files can be attacks"):
        read(rss(offer("A1", title="&b;"), before=doctype))


def test_a_feed_that_breaks_off_yields_nothing_at_all() -> None:
    whole = rss(*(offer(f"A{number}") for number in range(500)))

    with pytest.raises(FeedRefused, match="The XML is broken") as refused:
        read(whole[: len(whole) // 2])

    assert refused.value.finding.line > 200


def test_xml_without_items_is_refused() -> None:
    with pytest.raises(FeedRefused, match="holds no <item>"):
        read("<html><body>Not found</body></html>")


def test_a_text_of_50_mb_costs_its_own_offer_and_little_memory() -> None:
    content = rss(offer("A1"), offer("A2", description="x" * 50_000_000), offer("A3")).encode()
    tracemalloc.start()

    one, two, three = read(content)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert one.product is not None
    assert two.product is None
    assert whats([two]) == ["The text is far too long to be read."]
    assert three.product is not None
    # The content itself is 50 MB and was there before; the test's own copy of it is the rest.
    assert peak < 60_000_000


@pytest.mark.parametrize(
    "attack",
    [
        "<a>" * 100,
        "<item>" + "<g:x>1</g:x>" * 1_000 + "</item>",
        f'<item x="{"y" * 3_000_000}"></item>',
    ],
)
def test_xml_that_is_shaped_to_hurt_is_refused(attack: str) -> None:
    with pytest.raises(FeedRefused):
        read(rss(attack))


def test_tab_separated_offers_are_read() -> None:
    (item,) = read("id\ttitle\tprice\timage link\nA1\tA “lamp”\t12.34 USD\thttps://x.example/1\n")

    assert item.product is not None
    assert item.product.title == "A “lamp”"
    assert item.product.pictures[0].url == "https://x.example/1"
    assert item.line == 2


def test_a_row_with_a_missing_tab_is_refused_and_the_next_is_read() -> None:
    wrong, right = read("id\ttitle\tprice\nA1\tlamp 12.34 USD\nA2\tlamp\t12.34 USD\n")

    assert wrong.product is None
    assert "The row has 2 cells where the header has 3." in whats([wrong])
    assert right.product is not None


def test_missing_tsv_columns_are_named() -> None:
    with pytest.raises(FeedRefused, match="lacks price"):
        read("id\ttitle\nA1\tlamp\n")


@pytest.mark.parametrize(
    "name, currency, products, refused",
    [
        ("google_merchant_eshop.xml", "USD", 101, 0),
        ("google_merchant_retail_demo.tsv", "USD", 2465, 0),
        ("google_merchant_thrift.tsv", "USD", 0, 120),
        # Twelve shorts carry the ids of twelve shoes.
        ("google_merchant_thrift.tsv", "EUR", 108, 12),
    ],
)
def test_real_feeds_are_read_whole(
    shared: Path, name: str, currency: str, products: int, refused: int
) -> None:
    items = read((shared / "catalog" / "feeds" / name).read_bytes(), currency=currency)

    assert sum(item.product is not None for item in items) == products
    assert sum(item.product is None for item in items) == refused
