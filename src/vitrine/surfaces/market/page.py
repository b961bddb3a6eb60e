"""The reads of the seller's pages."""

from dataclasses import dataclass

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Now

from vitrine.catalog import showing
from vitrine.catalog.models import (
    ImportReport,
    Location,
    Merchant,
    Picture,
    Product,
    Stock,
    Variant,
    priced_at,
)
from vitrine.kernel import paging
from vitrine.videos.models import Clip

PRODUCTS_A_PAGE = 40
VARIANTS_A_PAGE = 60
REMARKS_A_PAGE = 100
CLIPS_OFFERED = 50


def clips_of(product: Product) -> list[Clip]:
    """Return the clips that may play on a product's page, the newest first. Queries: 1."""
    found = showing.clips(product).select_related("creator")
    return list(found.order_by("-published_at", "-pk")[:CLIPS_OFFERED])


def low_stock(merchant: Merchant) -> QuerySet[Variant]:
    """Variants on sale of which few are left at a place, or none anywhere."""
    low = Stock.objects.low().filter(location__merchant=merchant)
    return sellable(merchant).filter(Q(pk__in=low.values("variant")) | Q(available=None))


def sellable(merchant: Merchant) -> QuerySet[Variant]:
    """Variants on sale, each with how many are available everywhere."""
    return Variant.objects.filter(
        merchant=merchant,
        withdrawn_at=None,
        product__published_at__isnull=False,
        product__withdrawn_at=None,
    ).annotate(available=Sum(F("stock__on_hand") - F("stock__reserved")))


def products(
    merchant: Merchant, *, words: str, state: str, cursor: str | None
) -> paging.Page[Product]:
    """Return one page of the shop's products, newest first. Queries: 2."""
    pks = found_products(merchant, words=words, state=state).values("pk")
    listed = (
        Product.objects.filter(pk__in=pks)
        .annotate(
            choices=Count("variants", Q(variants__withdrawn_at=None), distinct=True),
            price_from_minor=priced_at(Now()),
        )
        .prefetch_related(Prefetch("pictures", Picture.objects.order_by("position", "pk")))
    )
    return paging.newest_first(listed, by="created_at", cursor=cursor, size=PRODUCTS_A_PAGE)


def found_products(merchant: Merchant, *, words: str, state: str) -> QuerySet[Product]:
    """Return the shop's products in a state that have every word, some of them more than once."""
    rows = Product.objects.sold_by(merchant)
    if state == "drafts":
        rows = rows.filter(published_at=None, withdrawn_at=None)
    elif state == "withdrawn":
        rows = rows.exclude(pk__in=rows.kept().values("pk"))
    elif state == "bare":
        rows = rows.filter(pictures=None, withdrawn_at=None, published_at__isnull=False)
    else:
        rows = rows.kept()
    for word in words.split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(variants__sku__iexact=word))
    return rows


@dataclass(frozen=True)
class Shelf:
    """One variant at one location: what is there, what is promised, and how few are few."""

    variant: Variant
    on_hand: int = 0
    reserved: int = 0
    low_at: int | None = None

    @property
    def available(self) -> int:
        """How many can still be promised."""
        return self.on_hand - self.reserved


@dataclass(frozen=True)
class Shelves:
    """One page of a location's stock. after: where the next page begins."""

    rows: list[Shelf]
    after: int | None


def shelves(
    location: Location, *, words: str = "", only_low: bool = False, after: int = 0
) -> Shelves:
    """Return a page of what can lie at a location, by product. Queries: 3."""
    merchant = location.merchant
    kept = Product.objects.sold_by(merchant).kept()
    variants = Variant.objects.filter(
        merchant=merchant, withdrawn_at=None, product__in=kept, pk__gt=after
    )
    if only_low:
        low = Stock.objects.low().filter(location=location)
        bare = sellable(merchant).filter(stock=None)
        variants = variants.filter(Q(pk__in=low.values("variant")) | Q(pk__in=bare.values("pk")))
    for word in words.split()[:6]:
        variants = variants.filter(Q(product__title__icontains=word) | Q(sku__icontains=word))
    found = list(variants.select_related("product").order_by("pk")[: VARIANTS_A_PAGE + 1])
    shown = found[:VARIANTS_A_PAGE]
    held = {
        each.variant_id: each for each in Stock.objects.filter(location=location, variant__in=shown)
    }
    rows = [
        Shelf(each, stock.on_hand, stock.reserved, stock.low_at)
        if (stock := held.get(each.pk))
        else Shelf(each)
        for each in shown
    ]
    return Shelves(rows, shown[-1].pk if len(found) > VARIANTS_A_PAGE else None)


def imports(merchant: Merchant) -> QuerySet[ImportReport]:
    """Return the last imports, each with its errors counted."""
    rows = ImportReport.objects.filter(merchant=merchant).annotate(
        errors=Count("remarks", Q(remarks__severity="error"))
    )
    return rows.order_by("-started_at", "-pk")[:20]
