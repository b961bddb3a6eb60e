"""What is exported is imported again as the same, in every format."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.catalog.bringing import stocked_shop
from tests.catalog.feeding import lamp, more, read, shopify
from vitrine.catalog import exporting, importing
from vitrine.catalog.exporting import Format
from vitrine.catalog.feeds import extras
from vitrine.catalog.models import Merchant, Product, Role, Stock, Variant
from vitrine.safety import filtering

pytestmark = pytest.mark.django_db

RISKY = ("=1+1", "+SUM(A1)", "-cmd|x", "@x", "'=x", "''-y", "'quoted'", "-5 °C sleeping bag")


def said(shop: Merchant) -> list[tuple[object, ...]]:
    """Return everything that a feed can say of a shop's products."""
    return [
        (
            product.source_id,
            product.title,
            product.description,
            product.brand,
            product.category,
            product.option_names,
            product.is_on_sale,
            [
                (
                    each.sku,
                    each.option_values,
                    each.price_minor,
                    each.compare_at_minor,
                    each.barcode,
                    each.weight_g,
                    sum(Stock.objects.filter(variant=each).values_list("on_hand", flat=True)),
                )
                for each in product.variants.filter(withdrawn_at=None).order_by("position", "pk")
            ],
        )
        for product in Product.objects.filter(merchant=shop).order_by("source_id")
    ]


def round_trip(shop: Merchant, layout: Format, folder: Path) -> Merchant:
    """Export a shop and import it into a second one."""
    path = folder / f"feed.{layout}"
    path.write_bytes(b"".join(exporting.write(shop, layout, origin="https://shop.example")))
    second = stocked_shop()
    report = importing.import_products(
        path, merchant=second, by=None, weigh=filtering.weigh_products, at=make.NOON
    )
    assert list(report.remarks.filter(severity="error").values_list("message", flat=True)) == []
    return second


@pytest.mark.parametrize("layout", list(Format))
def test_an_export_comes_back_as_the_same_products(layout: Format, tmp_path: Path) -> None:
    shop = stocked_shop()
    feed = shopify(
        lamp(**{"Option1 Name": "Flavour", "Option1 Value": "Lemon", "Vendor": "Ōtāne, “Sons”"}),
        more(**{"Option1 Value": "Lime", "Variant SKU": "lamp-2", "Variant Price": "0.05"}),
        lamp(
            "chair", **{"Published": "FALSE", "Body (HTML)": "<p>One\n\ttwo</p><ul><li>x</li></ul>"}
        ),
        lamp("mug", **{"Option1 Name": "Color", "Option1 Value": "Red, dark", "Variant SKU": ""}),
        lamp("bag", **{"Type": "Bags > Small & “soft”", "Variant Inventory Qty": "0"}),
    )
    path = tmp_path / "first.csv"
    path.write_text(feed, newline="")
    importing.import_products(
        path, merchant=shop, by=None, weigh=filtering.weigh_products, at=make.NOON
    )
    for number, text in enumerate(RISKY):
        product = make.product(shop, source_id=f"risky-{number}", title=text, brand=text)
        make.variant(product, sku=f"{text}{number}", option_values=[], compare_at_minor=2_500)

    second = round_trip(shop, layout, tmp_path)

    assert said(second) == said(shop)
    assert len(said(shop)) == 4 + len(RISKY)


@pytest.mark.parametrize("layout", [Format.GOOGLE_TSV, Format.GOOGLE_XML])
def test_a_sale_comes_back_with_its_days_and_the_price_that_is_crossed_out(
    layout: Format, tmp_path: Path
) -> None:
    shop, day = stocked_shop(), timedelta(days=1)
    ends: tuple[tuple[datetime | None, datetime | None], ...] = (
        (make.NOON, make.NOON + day),
        (None, make.NOON + day),
        (make.NOON, None),
        (None, None),
    )
    for number, (since, until) in enumerate(ends):
        make.variant(
            make.product(shop, source_id=f"lamp-{number}"),
            sku=f"lamp-{number}",
            price_minor=2_000,
            compare_at_minor=2_500 if number else None,
            sale_minor=1_500,
            sale_from=since,
            sale_until=until,
        )
    make.variant(make.product(shop), sku="dearer", price_minor=2_000, sale_minor=2_000)

    second = round_trip(shop, layout, tmp_path)

    had, has = (
        [
            (each.price_minor, each.compare_at_minor, each.pricing)
            for each in Variant.objects.filter(merchant=one).exclude(sku="dearer").order_by("sku")
        ]
        for one in (shop, second)
    )
    assert has == had
    assert [pricing.sale_minor for *_, pricing in has] == [1_500] * 4
    assert Variant.objects.get(merchant=second, sku="dearer").sale_minor is None


def test_a_feed_that_knows_of_no_sale_leaves_it_as_it_is(tmp_path: Path) -> None:
    shop = stocked_shop()
    path = tmp_path / "feed.csv"
    path.write_text(shopify(lamp()), newline="")
    whole: dict[str, Any] = {
        "merchant": shop,
        "by": None,
        "weigh": filtering.weigh_products,
        "at": make.NOON,
    }
    importing.import_products(path, **whole)
    Variant.objects.update(sale_minor=1, sale_until=make.NOON)
    path.write_text(shopify(lamp(**{"Variant Price": "20.00"})), newline="")

    importing.import_products(path, **whole)

    changed = Variant.objects.get()
    assert (changed.price_minor, changed.sale_minor, changed.sale_until) == (2_000, 1, make.NOON)


@pytest.mark.parametrize("layout", list(Format))
def test_no_cell_of_an_export_is_a_formula(layout: Format) -> None:
    shop = make.merchant()
    for text in RISKY:
        make.variant(make.product(shop, title=text), option_values=[])

    written = b"".join(exporting.write(shop, layout, origin="https://shop.example")).decode()

    if layout is not Format.GOOGLE_XML:
        cells = written.replace("\r\n", "\t").replace(",", "\t").split("\t")
        assert [cell for cell in cells if cell[:1] in set("=+-@")] == []
    assert all(extras.restored(extras.neutral(text)) == text for text in RISKY)


def test_a_formula_that_nobody_neutralised_is_still_refused() -> None:
    (item,) = read(shopify(lamp(Title="=1+1")))

    assert item.product is None


def test_what_a_stranger_wrote_into_our_own_column_is_left_aside() -> None:
    header, row = shopify(lamp()).splitlines()

    (item,) = read(f'{header},Vitrine\r\n{row},"[1,2"\r\n')

    assert item.product is not None
    assert [finding.where for finding in item.findings] == ["Vitrine"]


@pytest.mark.parametrize(
    "name", ["shopify_saleor.csv", "shopify_eshop.csv", "google_merchant_eshop.xml"]
)
@pytest.mark.parametrize("layout", list(Format))
def test_a_real_shop_comes_back_as_the_same(
    shared: Path, name: str, layout: Format, tmp_path: Path
) -> None:
    shop = stocked_shop()
    importing.import_products(
        shared / "catalog" / "feeds" / name,
        merchant=shop,
        by=None,
        weigh=filtering.weigh_products,
        at=make.NOON,
    )

    assert said(round_trip(shop, layout, tmp_path)) == said(shop) != []


def test_a_member_downloads_the_catalogue_and_a_stranger_does_not(client: Client) -> None:
    shop = make.merchant()
    make.variant(make.product(shop, title="A lamp"))
    clerk = make.person()
    make.member(shop, clerk, Role.CATALOGUE)
    client.force_login(clerk, "vitrine.accounts.backend.Backend")

    answer = client.get(f"/market/{shop.slug}/products/feed/?as=tsv")

    assert b"A lamp" in answer.getvalue()
    assert answer["Content-Disposition"].endswith('.tsv"')
    client.force_login(make.person(), "vitrine.accounts.backend.Backend")
    assert client.get(f"/market/{shop.slug}/products/feed/").status_code == 404
