"""Writing many products of a feed at once: each whole with its variants, pictures and first stock.

A chunk is one transaction and a dozen statements, however many products it has: row by row, a
hundred thousand products took a quarter of an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from vitrine.accounts.models import Person
from vitrine.catalog import editing, import_product, import_rows, pictures, weighing
from vitrine.catalog.categorising import Finder
from vitrine.catalog.feeds.rows import FeedProduct, FeedVariant
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.import_pictures import Stored
from vitrine.catalog.import_product import sku_of
from vitrine.catalog.models import (
    Location,
    Merchant,
    Picture,
    Product,
    Variant,
)
from vitrine.catalog.weighing import WeighAll

WRITTEN = [*editing.WRITTEN, "published_at", "listed_in"]
VARIANT_WRITTEN = [
    "option_values",
    "price_minor",
    "compare_at_minor",
    "barcode",
    "weight_g",
    "position",
    "withdrawn_at",
    "sale_minor",
    "sale_from",
    "sale_until",
]


@dataclass(slots=True)
class Work:
    """One product of a feed on its way in. stored: new pictures by address.

    What became of it: refusal, where a SKU is another's; is_held, where its words wait; else it is
    written, or the catalogue said the same already.
    """

    feed: FeedProduct
    stored: dict[str, Stored] = field(default_factory=dict)
    product: Product | None = None
    is_new: bool = False
    is_written: bool = False
    is_held: bool = False
    refusal: Said | None = None
    words_before: tuple[str, ...] = ()

    @property
    def target(self) -> Product:
        """The product that is written."""
        if self.product is None:
            raise ValueError("nothing is written yet")
        return self.product


@transaction.atomic
def write_all(
    works: Sequence[Work],
    *,
    merchant: Merchant,
    shelf: Location | None,
    by: Person | None,
    weigh: WeighAll,
    at: datetime,
) -> None:
    """Write products that differ from the catalogue, all of them or none; tell it in the works.

    works: each key once. Locks: the merchant's row, so that imports and edits by hand take turns.
    Queries: at most 20 however many there are, and those of words that are held.
    """
    Merchant.objects.select_for_update(no_key=True).only("pk").get(pk=merchant.pk)
    known = import_product.known(merchant, (work.feed.key for work in works))
    changed = []
    for work in works:
        work.product = known.get(work.feed.key)
        if work.product and not work.stored and import_product.is_same(work.product, work.feed):
            continue
        changed.append(work)
    _refuse_taken(changed, merchant)
    writing = [work for work in changed if work.refusal is None]
    _write_products(writing, merchant=merchant, at=at)
    reworded = [work.target for work in writing if weighing.words(work.target) != work.words_before]
    held = weigh(reworded, at=at) if reworded else frozenset()
    _write_variants(writing, shelf=shelf, by=by, at=at)
    _write_pictures(writing)
    for work in writing:
        work.is_written, work.is_held = True, work.target.pk in held


def _refuse_taken(works: Sequence[Work], merchant: Merchant) -> None:
    """Refuse each product that names a SKU of another one, here or earlier in the chunk."""
    wanted = {sku_of(work.feed, each) for work in works for each in work.feed.variants}
    rows = Variant.objects.filter(merchant=merchant, sku__in=wanted).values_list(
        "sku", "product__source_id", "product__title"
    )
    owners = {sku: (key, title) for sku, key, title in rows}
    for work in works:
        skus = [sku_of(work.feed, each) for each in work.feed.variants]
        mine = (work.feed.key, work.feed.title)
        taken = next((sku for sku in skus if owners.get(sku, mine)[0] != work.feed.key), None)
        if taken is not None:
            work.refusal = Said(
                gettext_noop("The SKU “{sku}” belongs to “{title}”."),
                sku=taken,
                title=owners[taken][1][:60],
            )
            continue
        owners.update(dict.fromkeys(skus, mine))


def _write_products(works: Sequence[Work], *, merchant: Merchant, at: datetime) -> None:
    finder = Finder.load() if works else None
    for work in works:
        feed = work.feed
        work.is_new = work.product is None
        product = work.product or Product(merchant=merchant, source_id=feed.key, created_at=at)
        work.words_before = () if work.is_new else weighing.words(product)
        work.product = product
        if finder is not None and (work.is_new or product.category != feed.category):
            product.listed_in_id = finder.find(feed.category)
        for name, value in import_product.facts(feed).items():
            setattr(product, name, value)
        product.slug = slugify(feed.title)[:80] or "product"
        product.published_at = (product.published_at or at) if feed.published else None
    import_rows.add_products([work.target for work in works if work.is_new])
    Product.objects.bulk_update([work.target for work in works if not work.is_new], WRITTEN)


def _write_variants(
    works: Sequence[Work], *, shelf: Location | None, by: Person | None, at: datetime
) -> None:
    """Bring the variants in line; those that are new are put on the shelf."""
    new: list[tuple[Product, int, str, FeedVariant]] = []
    changed: list[Variant] = []
    differing = [
        work
        for work in works
        if work.is_new or not import_product.has_same_variants(work.target, work.feed)
    ]
    for work in differing:
        product = work.target
        present = {} if work.is_new else {each.sku: each for each in product.variants.all()}
        skus = {sku_of(work.feed, each): each for each in work.feed.variants}
        for position, (sku, each) in enumerate(skus.items()):
            variant = present.get(sku)
            if variant is None:
                new.append((product, position, sku, each))
                continue
            variant.option_values = list(each.options)
            variant.price_minor = each.price_minor
            variant.compare_at_minor = each.compare_at_minor
            variant.barcode = each.barcode
            variant.weight_g = each.weight_g
            variant.position = position
            variant.withdrawn_at = None
            if each.sale:
                variant.sale_minor = each.sale.price_minor
                variant.sale_from, variant.sale_until = each.sale.from_at, each.sale.until_at
            changed.append(variant)
    # All step back first: two variants that swap their options would meet the constraint.
    stepping = [work.target.pk for work in differing if not work.is_new]
    Variant.objects.filter(product__in=stepping, withdrawn_at=None).update(withdrawn_at=at)
    Variant.objects.bulk_update(changed, VARIANT_WRITTEN)
    import_rows.add_variants(new, shelf=shelf, by=by, at=at)


def _write_pictures(works: Sequence[Work]) -> None:
    """Bring the pictures in line; those that people uploaded themselves stay, behind the feed's."""
    gone = [
        picture
        for work in works
        if not work.is_new
        for picture in work.target.pictures.all()
        if picture.source_url and picture.source_url not in {x.url for x in work.feed.pictures}
    ]
    if gone:
        Picture.objects.filter(~Q(source_url=""), pk__in=[each.pk for each in gone]).delete()
        transaction.on_commit(lambda: _remove_files([each.key for each in gone]))
    Picture.objects.bulk_create(
        Picture(
            product=work.target,
            key=stored.key,
            source_url=picture.url,
            width=stored.width,
            height=stored.height,
            alt=picture.alt,
            position=position,
        )
        for work in works
        for position, picture in enumerate(work.feed.pictures)
        if (stored := work.stored.get(picture.url)) is not None
    )


def _remove_files(keys: list[str]) -> None:
    for key in keys:
        pictures.remove(key)
