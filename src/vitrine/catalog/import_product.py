"""What the catalogue has of a feed's products, and whether it says the same as the feed."""

from collections.abc import Iterable
from dataclasses import astuple

from django.db.models import Prefetch

from vitrine.catalog.feeds.rows import FeedProduct, FeedVariant
from vitrine.catalog.models import Merchant, Product, Variant


def known(merchant: Merchant, keys: Iterable[str]) -> dict[str, Product]:
    """Return a merchant's products by their source ids, variants and pictures read. Queries: 3."""
    rows = Product.objects.sold_by(merchant).filter(source_id__in=list(keys))
    return {
        product.source_id: product
        for product in rows.prefetch_related(
            Prefetch("variants", Variant.objects.order_by("position", "pk")), "pictures"
        )
    }


def picture_addresses(product: Product | None) -> frozenset[str]:
    """Return the addresses whose pictures the product already has. Queries: 0 after ``known``."""
    if product is None:
        return frozenset()
    return frozenset(each.source_url for each in product.pictures.all() if each.source_url)


def is_same(product: Product, feed: FeedProduct) -> bool:
    """Tell whether the catalogue says already what the feed says. Queries: 0 after ``known``."""
    return (
        has_same_variants(product, feed)
        and facts(feed) == {name: getattr(product, name) for name in facts(feed)}
        and feed.published == (product.published_at is not None)
        and picture_addresses(product) <= frozenset(each.url for each in feed.pictures)
    )


def has_same_variants(product: Product, feed: FeedProduct) -> bool:
    """Tell whether the variants on sale are those of the feed. Queries: 0 after ``known``."""
    present = [v for v in product.variants.all() if v.withdrawn_at is None]
    variants = [
        (v.sku, tuple(v.option_values), v.price_minor, v.compare_at_minor, v.barcode, v.weight_g)
        for v in present
    ]
    said = [
        (v.sale_minor, v.sale_from, v.sale_until) == astuple(each.sale)
        for v, each in zip(present, feed.variants, strict=False)
        if each.sale
    ]
    return all(said) and variants == [
        (sku_of(feed, v), v.options, v.price_minor, v.compare_at_minor, v.barcode, v.weight_g)
        for v in feed.variants
    ]


def sku_of(feed: FeedProduct, variant: FeedVariant) -> str:
    """Return the variant's SKU; one without is known by its product and options."""
    return variant.sku or f"{feed.key[:50]}:{'/'.join(variant.options)[:45]}"


def facts(feed: FeedProduct) -> dict[str, object]:
    """Return what the feed says of the product as a whole, by field."""
    return {
        "title": feed.title,
        "description": feed.description,
        "brand": feed.brand,
        "category": feed.category,
        "option_names": list(feed.option_names),
    }
