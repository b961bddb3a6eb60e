"""One product of a feed, compared with the catalogue and written whole."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from vitrine.accounts.models import Person
from vitrine.catalog import editing, pictures, weighing
from vitrine.catalog.feeds.rows import FeedProduct, FeedVariant
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.import_pictures import Stored
from vitrine.catalog.models import (
    Location,
    Merchant,
    MovementReason,
    Picture,
    Product,
    Stock,
    StockMovement,
    Variant,
)
from vitrine.catalog.weighing import Weigh
from vitrine.kernel.errors import Refusal

WRITTEN = [*editing.WRITTEN, "published_at"]


class SkuTaken(Refusal):
    """The SKU belongs to another product of the same merchant."""

    code = "sku_taken"
    message = "The SKU belongs to another product."


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
    variants = [
        (v.sku, tuple(v.option_values), v.price_minor, v.compare_at_minor, v.barcode, v.weight_g)
        for v in product.variants.all()
        if v.withdrawn_at is None
    ]
    wanted = [
        (sku_of(feed, v), v.options, v.price_minor, v.compare_at_minor, v.barcode, v.weight_g)
        for v in feed.variants
    ]
    addresses = [each.url for each in feed.pictures]
    return (
        variants == wanted
        and _facts(feed) == {name: getattr(product, name) for name in _facts(feed)}
        and feed.published == (product.published_at is not None)
        and picture_addresses(product) <= frozenset(addresses)
    )


def sku_of(feed: FeedProduct, variant: FeedVariant) -> str:
    """Return the variant's SKU; one without is known by its product and options."""
    return variant.sku or f"{feed.key[:50]}:{'/'.join(variant.options)[:45]}"


@transaction.atomic
def write(
    feed: FeedProduct,
    *,
    merchant: Merchant,
    shelf: Location | None,
    stored: dict[str, Stored],
    by: Person | None,
    weigh: Weigh,
    at: datetime,
) -> bool:
    """Write the product with its variants, pictures and first stock, or nothing.

    Returns whether it is held for its words.

    Locks: the merchant's row, so that imports and edits by hand take turns. Raises: SkuTaken.
    Queries: at most 14, and those of weighing words that are new.
    """
    Merchant.objects.select_for_update(no_key=True).only("pk").get(pk=merchant.pk)
    product = Product.objects.sold_by(merchant).filter(source_id=feed.key).first()
    is_new = product is None
    if product is None:
        product = Product(merchant=merchant, source_id=feed.key, created_at=at)
    before = () if is_new else weighing.words(product)
    for name, value in _facts(feed).items():
        setattr(product, name, value)
    product.slug = slugify(feed.title)[:80] or "product"
    product.published_at = (product.published_at or at) if feed.published else None
    product.save(force_insert=is_new, update_fields=None if is_new else WRITTEN)
    is_held = weighing.words(product) != before and weigh(product, at=at)
    new_variants = _write_variants(feed, product, is_new=is_new, at=at)
    if shelf is not None:
        _put_on_shelf(feed, new_variants, shelf, by=by, at=at)
    _write_pictures(feed, product, stored, is_new=is_new)
    return is_held


def _facts(feed: FeedProduct) -> dict[str, object]:
    return {
        "title": feed.title,
        "description": feed.description,
        "brand": feed.brand,
        "category": feed.category,
        "option_names": list(feed.option_names),
    }


def _write_variants(
    feed: FeedProduct, product: Product, *, is_new: bool, at: datetime
) -> list[Variant]:
    """Bring the variants in line, and return those that are new. Raises: SkuTaken."""
    skus = {sku_of(feed, each): each for each in feed.variants}
    present = {} if is_new else {v.sku: v for v in Variant.objects.filter(product=product)}
    changed: list[Variant] = []
    new: list[Variant] = []
    for position, (sku, each) in enumerate(skus.items()):
        variant = present.pop(sku, None)
        (new if variant is None else changed).append(
            variant := variant or Variant(product=product, merchant_id=product.merchant_id, sku=sku)
        )
        variant.option_values = list(each.options)
        variant.price_minor = each.price_minor
        variant.compare_at_minor = each.compare_at_minor
        variant.barcode = each.barcode
        variant.weight_g = each.weight_g
        variant.position = position
        variant.withdrawn_at = None
    if not is_new:
        # All step back first: two variants that swap their options would meet the constraint.
        Variant.objects.filter(product=product, withdrawn_at=None).update(withdrawn_at=at)
        Variant.objects.bulk_update(
            changed,
            [
                "option_values",
                "price_minor",
                "compare_at_minor",
                "barcode",
                "weight_g",
                "position",
                "withdrawn_at",
            ],
        )
    try:
        with transaction.atomic():
            return Variant.objects.bulk_create(new)
    except IntegrityError:
        # Asked only now, since a SKU is seldom another's: it takes longer than the writing.
        _refuse_taken(product, [each.sku for each in new])
        raise


def _refuse_taken(product: Product, skus: list[str]) -> None:
    others = Variant.objects.filter(merchant=product.merchant_id, sku__in=skus)
    other = others.exclude(product=product).select_related("product").first()
    if other is not None:
        title = other.product.title[:60]
        belongs = gettext_noop("The SKU “{sku}” belongs to “{title}”.")
        raise SkuTaken(Said(belongs, sku=other.sku, title=title))


def _put_on_shelf(
    feed: FeedProduct,
    variants: list[Variant],
    shelf: Location,
    *,
    by: Person | None,
    at: datetime,
) -> None:
    """Receive the first stock of new variants. What we hold already is counted here, not there."""
    counts = {sku_of(feed, each): each.stock for each in feed.variants}
    rows = Stock.objects.bulk_create(
        Stock(variant=variant, location=shelf, on_hand=counts[variant.sku] or 0)
        for variant in variants
        if counts[variant.sku] is not None
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            stock=row,
            reason=MovementReason.RECEIVED,
            quantity=row.on_hand,
            key=f"import:{row.variant.public_id}",
            note="First stock, from the import",
            by=by,
            at=at,
        )
        for row in rows
        if row.on_hand
    )


def _write_pictures(
    feed: FeedProduct, product: Product, stored: dict[str, Stored], *, is_new: bool
) -> None:
    """Bring the pictures in line; those that people uploaded themselves stay, behind the feed's."""
    wanted = {each.url: (position, each) for position, each in enumerate(feed.pictures)}
    if not is_new:
        gone = Picture.objects.filter(
            ~Q(source_url="") & ~Q(source_url__in=wanted), product=product
        )
        keys = list(gone.values_list("key", flat=True))
        gone.delete()
        transaction.on_commit(lambda: _remove_files(keys))
    Picture.objects.bulk_create(
        Picture(
            product=product,
            key=each.key,
            source_url=url,
            width=each.width,
            height=each.height,
            alt=wanted[url][1].alt,
            position=wanted[url][0],
        )
        for url, each in stored.items()
    )


def _remove_files(keys: list[str]) -> None:
    for key in keys:
        pictures.remove(key)
