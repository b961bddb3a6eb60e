"""Open the demo's shops and fill their shelves."""

from datetime import datetime, timedelta
from itertools import product as combinations
from pathlib import Path

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.catalog import import_writing, opening, pictures, stockkeeping
from vitrine.catalog.feeds.rows import FeedProduct, FeedVariant
from vitrine.catalog.import_writing import Work
from vitrine.catalog.models import (
    DeliveryOption,
    Location,
    LocationKind,
    Merchant,
    Picture,
    Product,
    Variant,
)
from vitrine.ops.demo.places import COUNTRIES, Country
from vitrine.ops.demo.shelves import ITEMS, SHOPS, Item, Shop
from vitrine.safety import filtering
from vitrine.sovereignty.cell import this_cell

TRADING_FOR = timedelta(days=170)


def shops(cast: dict[str, Person], *, at: datetime) -> dict[str, Merchant]:
    """Return the demo's merchants by code, opened and stocked where they were not."""
    country = COUNTRIES[this_cell().code]
    return {shop.code: _shop(shop, cast[shop.owner], country, at=at) for shop in SHOPS}


def _shop(shop: Shop, owner: Person, country: Country, *, at: datetime) -> Merchant:
    merchant = Merchant.objects.with_member(owner).filter(name=shop.name).first()
    if merchant is None:
        merchant = _open(shop, owner, country, at=at - TRADING_FOR)
    warehouse = merchant.locations.filter(kind=LocationKind.WAREHOUSE).earliest("pk")
    store = merchant.locations.filter(kind=LocationKind.STORE).first()
    present = set(Product.objects.sold_by(merchant).values_list("source_id", flat=True))
    for number, item in enumerate(shop.items):
        if _source(item.slug) not in present:
            listed_at = at - TRADING_FOR + timedelta(days=4 * number)
            _list(item, shop, merchant, warehouse, store, country, by=owner, at=listed_at)
    return merchant


@transaction.atomic
def _open(shop: Shop, owner: Person, country: Country, *, at: datetime) -> Merchant:
    merchant = opening.open_shop(
        shop.name,
        place=country.warehouse(shop.code),
        about=shop.about,
        by=owner,
        approved=True,
        at=at,
    )
    if shop.has_store:
        opening.add_location(merchant, country.store(shop.code))
    for name, price, free_from, days_from, days_until in shop.delivery:
        DeliveryOption.objects.create(
            merchant=merchant,
            name=name,
            price_minor=country.price_minor(price),
            free_from_minor=None if free_from is None else country.price_minor(free_from),
            days_from=days_from,
            days_until=days_until,
        )
    return merchant


@transaction.atomic
def _list(
    item: Item,
    shop: Shop,
    merchant: Merchant,
    warehouse: Location,
    store: Location | None,
    country: Country,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Put one product on sale by the way that imports take, then stock the store."""
    feed = FeedProduct(
        key=_source(item.slug),
        title=item.title,
        description=f"<p>{item.description}</p>",
        brand=shop.name,
        category=item.category,
        published=True,
        option_names=tuple(name for name, _ in item.options),
        variants=tuple(_variants(item, shop, country)),
        pictures=(),
        line=0,
    )
    import_writing.write_all(
        [Work(feed)],
        merchant=merchant,
        shelf=warehouse,
        by=by,
        weigh=filtering.weigh_products,
        at=at,
    )
    if store is None:
        return
    for variant in Variant.objects.filter(merchant=merchant, product__source_id=feed.key):
        if variant.position < 2:
            shelf = stockkeeping.at_location(variant, store)
            key = f"demo:{variant.public_id}"
            stockkeeping.receive(shelf, 2 + _count(variant.sku, 4), key=key, by=by, at=at)


def _variants(item: Item, shop: Shop, country: Country) -> list[FeedVariant]:
    made = []
    for number, options in enumerate(combinations(*(values for _, values in item.options))):
        step = item.options[0][1].index(options[0]) if options else 0
        sku = f"{shop.code}-{item.slug.upper()[:40]}-{number + 1:02}"
        variant = FeedVariant(
            sku=sku,
            options=options,
            price_minor=country.price_minor(item.price + step * item.steps),
            compare_at_minor=None,
            stock=3 + _count(sku, 22),
            weight_g=item.grams,
            barcode="",
            line=0,
        )
        made.append(variant)
    return made


def _count(text: str, below: int) -> int:
    """Give a number that looks like chance and is always the same."""
    return sum(ord(letter) * (k + 7) for k, letter in enumerate(text)) % below


def _source(slug: str) -> str:
    return f"demo:{slug}"


def hang_picture(slug: str, file: Path) -> None:
    """Give a product its picture, unless it has one."""
    product = Product.objects.filter(source_id=_source(slug)).first()
    if product is None or product.pictures.exists():
        return
    rendered = pictures.render(file.read_bytes())
    Picture.objects.create(
        product=product,
        key=pictures.store(rendered),
        source_url=_source(slug),
        width=rendered.width,
        height=rendered.height,
        alt=ITEMS[slug].title,
    )


def without_picture() -> set[str]:
    """Return the slugs of demo products that have no picture yet."""
    bare = Product.objects.filter(source_id__startswith="demo:", pictures=None)
    return {source.removeprefix("demo:") for source in bare.values_list("source_id", flat=True)}
