"""Writing a product by hand, with all its variants at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from vitrine.catalog import pictures, turning, weighing
from vitrine.catalog.categorising import Finder
from vitrine.catalog.models import (
    Attribute,
    AttributeValue,
    Category,
    Merchant,
    Picture,
    Product,
    Variant,
)
from vitrine.catalog.tax_codes import TaxCode
from vitrine.catalog.weighing import Weigh
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal

MAX_PICTURES = 20
WRITTEN = ["title", "slug", "description", "brand", "category", "option_names", "tax_code"]
WRITTEN_BY_HAND = [*WRITTEN, "listed_in", "compare_is_recommended"]
"""And no other field: a moderator may be taking the product off sale at this moment."""


class SkuInUse(Refusal):
    """Another product of the shop has that SKU."""

    code = "sku_in_use"
    message = "Another product has this SKU. Each needs its own."


class TooManyPictures(Refusal):
    """More pictures than anybody looks at."""

    code = "too_many_pictures"


@dataclass(frozen=True)
class VariantDraft:
    """One choice as it was typed. variant_id: public id of the one it replaces, or empty."""

    variant_id: str
    sku: str
    option_values: tuple[str, ...]
    price_minor: int
    compare_at_minor: int | None = None


@dataclass(frozen=True)
class ProductDraft:
    """A product as it was typed. description: cleaned HTML.

    listed_in: None for where its category's words lead. values: by attribute, "" for nothing.
    compare_is_recommended: None for as it was.
    """

    title: str
    description: str
    brand: str
    category: str
    option_names: tuple[str, ...]
    variants: Sequence[VariantDraft]
    tax_code: str = TaxCode.GENERAL.value
    listed_in: Category | None = None
    compare_is_recommended: bool | None = None
    values: Mapping[Attribute, str] = field(default_factory=dict)


@transaction.atomic
def save(
    draft: ProductDraft,
    *,
    merchant: Merchant,
    product: Product | None = None,
    weigh: Weigh,
    at: datetime,
) -> Product:
    """Write the product and bring its variants in line; those left out are withdrawn.

    It may be held for its words: then ``held_at`` says so.

    Locks: the merchant's row, like an import, so that SKUs are given out in turn.
    Raises: SkuInUse.
    """
    Merchant.objects.select_for_update(no_key=True).only("pk").get(pk=merchant.pk)
    turning.settle(merchant=merchant, at=at)
    is_new = product is None
    if product is None:
        new_id = ids.new()
        product = Product(merchant=merchant, public_id=new_id, source_id=new_id, created_at=at)
    before = () if is_new else weighing.words(product)
    place = draft.listed_in
    if place is None:
        key = Finder.load().find(draft.category)
        place = Category.objects.filter(pk=key).first() if key else None
    product.listed_in = place
    if draft.compare_is_recommended is not None:
        product.compare_is_recommended = draft.compare_is_recommended
    product.title = draft.title
    product.slug = slugify(draft.title)[:80] or "product"
    product.description = draft.description
    product.brand = draft.brand
    product.category = draft.category
    product.option_names = list(draft.option_names)
    product.tax_code = draft.tax_code
    product.save(force_insert=is_new, update_fields=None if is_new else WRITTEN_BY_HAND)
    if weighing.words(product) != before:
        weigh(product, at=at)
    _save_variants(draft, product, at=at)
    _save_values(draft, product, place)
    return product


def _save_values(draft: ProductDraft, product: Product, place: Category | None) -> None:
    """Keep what is said, as far as it is asked where the product is listed now."""
    line = place.line if place else []
    kept = {one: said for one, said in draft.values.items() if said and one.category_id in line}
    rows = AttributeValue.objects.filter(product=product)
    asked = Attribute.objects.filter(category__in=line)
    rows.exclude(attribute__in=asked).delete()
    rows.filter(attribute__in=[one for one in draft.values if one not in kept]).delete()
    AttributeValue.objects.bulk_create(
        [AttributeValue(product=product, attribute=one, said=said) for one, said in kept.items()],
        update_conflicts=True,
        unique_fields=["product", "attribute"],
        update_fields=["said"],
    )


def _save_variants(draft: ProductDraft, product: Product, *, at: datetime) -> None:
    present = {each.public_id: each for each in Variant.objects.filter(product=product)}
    named = {each.variant_id for each in draft.variants}
    by_sku = {each.sku: each for each in present.values() if each.public_id not in named}
    # All step back first: two variants that swap their options would meet the constraint.
    Variant.objects.filter(product=product, withdrawn_at=None).update(withdrawn_at=at)
    for position, each in enumerate(draft.variants):
        sku = each.sku or _free_sku(product, each)
        # A SKU that was withdrawn comes back as what it was, with its history of stock.
        variant = present.get(each.variant_id) or by_sku.get(sku)
        if variant is None:
            variant = Variant(product=product, merchant_id=product.merchant_id)
        taken = Variant.objects.filter(merchant=product.merchant_id, sku=sku).exclude(pk=variant.pk)
        if taken.exists():
            raise SkuInUse(
                gettext("The SKU “{sku}” is in use already. Each variant needs its own.").format(
                    sku=sku
                )
            )
        variant.sku = sku
        variant.option_values = list(each.option_values)
        variant.price_minor = each.price_minor
        variant.compare_at_minor = each.compare_at_minor
        variant.position = position
        variant.withdrawn_at = None
        variant.save()


def _free_sku(product: Product, draft: VariantDraft) -> str:
    """Make a SKU where none was typed: the product's own id and the choice."""
    words = "-".join(filter(None, (slugify(value)[:12] for value in draft.option_values)))
    return f"{product.public_id[-8:]}{'-' + words if words else ''}".upper()[:100]


def add_picture(product: Product, source: bytes, *, alt: str = "") -> Picture:
    """Render, store and show one more picture. Raises: PictureRefused, TooManyPictures."""
    rendered = pictures.render(source)
    key = pictures.store(rendered)
    try:
        with transaction.atomic():
            Product.objects.select_for_update(no_key=True).only("pk").get(pk=product.pk)
            position = Picture.objects.filter(product=product).count()
            if position >= MAX_PICTURES:
                said = gettext("A product has at most {most} pictures. Remove one first.")
                raise TooManyPictures(said.format(most=MAX_PICTURES))
            return Picture.objects.create(
                product=product,
                key=key,
                width=rendered.width,
                height=rendered.height,
                alt=alt,
                position=position,
            )
    except BaseException:
        pictures.remove(key)
        raise


@transaction.atomic
def remove_picture(picture: Picture) -> None:
    """Take a picture away, and its files once that is certain."""
    key = picture.key
    picture.delete()
    transaction.on_commit(lambda: pictures.remove(key))


@transaction.atomic
def show_first(picture: Picture) -> None:
    """Make a picture the one that stands for its product. Locks: the product's pictures."""
    rows = Picture.objects.select_for_update().filter(product=picture.product_id)
    rest = [each for each in rows.order_by("position", "pk") if each.pk != picture.pk]
    for position, each in enumerate([picture, *rest]):
        each.position = position
    Picture.objects.bulk_update([picture, *rest], ["position"])
