"""Writing Shopify's product CSV: what ``shopify.read`` reads back as the same products."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from vitrine.catalog.feeds import extras, shopify_markets
from vitrine.catalog.feeds.extras import Extras, neutral
from vitrine.catalog.feeds.rows import FeedProduct, FeedVariant
from vitrine.kernel import money

COLUMNS = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,"
    "Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,"
    "Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,"
    "Image Position,Image Alt Text,Gift Card,Status,Vitrine"
).split(",")


def write(products: Iterable[FeedProduct], *, currency: str, country: str = "") -> Iterator[bytes]:
    """Yield the file piece by piece. It begins with a byte order mark: spreadsheets want one.

    country: whose market the prices are of; they stand in its columns once more, so that a shop of
    several countries can put them beside its others.
    """
    out = io.StringIO()
    all_columns = [*COLUMNS, *shopify_markets.columns(country)]
    writer = csv.DictWriter(out, all_columns, restval="", lineterminator="\r\n")
    out.write("\ufeff")
    writer.writeheader()
    for product in products:
        writer.writerows(_rows(product, currency, country))
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _rows(product: FeedProduct, currency: str, country: str) -> Iterator[dict[str, str]]:
    first = {
        "Title": neutral(product.title),
        "Body (HTML)": neutral(product.description),
        "Vendor": neutral(product.brand),
        "Type": neutral(product.category),
        "Published": "TRUE" if product.published else "FALSE",
        "Gift Card": "FALSE",
        "Status": "active" if product.published else "draft",
        extras.COLUMN: _extras(product).written(),
    }
    if country:
        first[f"{shopify_markets.INCLUDED}{country}"] = first["Published"]
    names = product.option_names or ("Title",)
    first |= {f"Option{place} Name": neutral(name) for place, name in enumerate(names, 1)}
    for position, (variant, picture) in enumerate(
        zip_longest(product.variants, product.pictures), 1
    ):
        row = {"Handle": neutral(product.key)} | (first if position == 1 else {})
        if variant is not None:
            row |= _variant(variant, currency) | _in_market(variant, currency, country)
        if picture is not None:
            row |= {
                "Image Src": picture.url,
                "Image Position": str(position),
                "Image Alt Text": neutral(picture.alt),
            }
        yield row


def _variant(variant: FeedVariant, currency: str) -> dict[str, str]:
    values = variant.options or ("Default Title",)
    before = variant.compare_at_minor
    return {
        **{f"Option{place} Value": neutral(value) for place, value in enumerate(values, 1)},
        "Variant SKU": neutral(variant.sku),
        "Variant Grams": str(variant.weight_g),
        "Variant Inventory Tracker": "" if variant.stock is None else "shopify",
        "Variant Inventory Qty": "" if variant.stock is None else str(variant.stock),
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": money.plain_decimal(variant.price_minor, currency),
        "Variant Compare At Price": "" if before is None else money.plain_decimal(before, currency),
        "Variant Requires Shipping": "TRUE",
        "Variant Taxable": "TRUE",
        "Variant Barcode": neutral(variant.barcode),
    }


def _in_market(variant: FeedVariant, currency: str, country: str) -> dict[str, str]:
    if not country:
        return {}
    before = variant.compare_at_minor
    return {
        f"{shopify_markets.PRICE}{country}": money.plain_decimal(variant.price_minor, currency),
        f"{shopify_markets.BEFORE}{country}": ""
        if before is None
        else money.plain_decimal(before, currency),
    }


def _extras(product: FeedProduct) -> Extras:
    """Say it where the one option is really called "Title": that is Shopify's word for none."""
    if product.option_names == ("Title",) and len(product.variants) == 1:
        return Extras(options=[("Title", product.variants[0].options[0])])
    return Extras()
