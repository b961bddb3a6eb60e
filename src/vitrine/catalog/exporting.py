"""A merchant's catalogue as a feed that other shops, and this one, can read."""

from collections.abc import Iterator
from enum import StrEnum

from django.db.models import F, Prefetch, Q, Sum

from vitrine.catalog.feeds import google_writing, shopify_writing
from vitrine.catalog.feeds.rows import (
    MAX_PICTURES,
    FeedPicture,
    FeedProduct,
    FeedSale,
    FeedVariant,
)
from vitrine.catalog.models import Merchant, Product, Variant
from vitrine.sovereignty.cell import this_cell

CHUNK = 500
"""Products read at once; so many are held in memory."""


class Format(StrEnum):
    """The feeds that can be written, by the ending of their file."""

    SHOPIFY_CSV = "csv"
    GOOGLE_TSV = "tsv"
    GOOGLE_XML = "xml"


CONTENT_TYPES = {
    Format.SHOPIFY_CSV: "text/csv; charset=utf-8",
    Format.GOOGLE_TSV: "text/tab-separated-values; charset=utf-8",
    Format.GOOGLE_XML: "application/xml; charset=utf-8",
}


def write(merchant: Merchant, layout: Format, *, origin: str) -> Iterator[bytes]:
    """Yield the feed of everything the merchant sells or has as a draft, piece by piece.

    origin: of this site, for the addresses of pictures. A product without a variant has nothing to
    sell and is left out. Queries: 3 for every CHUNK products.
    """
    products = _products(merchant, origin=origin)
    currency = merchant.currency
    match layout:
        case Format.SHOPIFY_CSV:
            country = this_cell().name
            return shopify_writing.write(products, currency=currency, country=country)
        case Format.GOOGLE_TSV:
            return google_writing.write_tsv(products, currency=currency, shop_url=origin)
        case Format.GOOGLE_XML:
            return google_writing.write_xml(products, currency=currency, shop_url=origin)


def _products(merchant: Merchant, *, origin: str) -> Iterator[FeedProduct]:
    last = 0
    variants = (
        Variant.objects.filter(withdrawn_at=None)
        .annotate(
            available=Sum(
                F("stock__on_hand") - F("stock__reserved"),
                filter=Q(stock__location__closed_at=None),
            )
        )
        .order_by("position", "pk")
    )
    while True:
        rows = Product.objects.sold_by(merchant).filter(pk__gt=last).order_by("pk")
        chunk = list(rows.prefetch_related(Prefetch("variants", variants), "pictures")[:CHUNK])
        for product in chunk:
            if product.variants.all():
                yield _feed(product, origin)
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].pk


def _feed(product: Product, origin: str) -> FeedProduct:
    return FeedProduct(
        key=product.source_id,
        title=product.title,
        description=product.description,
        brand=product.brand,
        category=product.category,
        published=product.is_on_sale,
        option_names=tuple(product.option_names),
        variants=tuple(
            FeedVariant(
                sku=each.sku,
                options=tuple(each.option_values),
                price_minor=each.price_minor,
                compare_at_minor=each.compare_at_minor,
                stock=each.available,  # type: ignore[attr-defined]
                weight_g=each.weight_g,
                barcode=each.barcode,
                line=0,
                sale=_sale(each),
            )
            for each in product.variants.all()
        ),
        pictures=tuple(
            FeedPicture(
                each.source_url if each.source_url.startswith("http") else origin + each.large,
                each.alt,
                0,
            )
            for each in product.pictures.all()[:MAX_PICTURES]
        ),
        line=0,
        url=origin + product.get_absolute_url(),
    )


def _sale(variant: Variant) -> FeedSale | None:
    """Return its sale, where that is one: what is not below the price makes nothing cheaper."""
    if variant.sale_minor is None or variant.sale_minor >= variant.price_minor:
        return None
    return FeedSale(variant.sale_minor, variant.sale_from, variant.sale_until)
