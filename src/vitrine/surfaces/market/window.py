"""The reads of a shop's window: what anybody may see of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch
from django.db.models.functions import Now

from vitrine.accounts.models import Person
from vitrine.catalog.models import (
    Application,
    Collection,
    Location,
    LocationKind,
    Merchant,
    Picture,
    PriceAt,
    Product,
    Tag,
    priced_at,
)
from vitrine.kernel import paging
from vitrine.orders.giftcards import offering
from vitrine.videos.models import Clip

PRODUCTS_A_PAGE = 40
CLIPS_SHOWN = 12
CATEGORIES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown of a shop. who: whoever it was found to be; None before its approval.

    categories: as the merchant wrote them, those with most products first. category: the one that
    was asked for. sells_cards: gift cards can be bought.
    """

    merchant: Merchant
    page: paging.Page[Product]
    categories: Sequence[str]
    category: str
    clips: Sequence[Clip]
    stores: Sequence[Location]
    who: Application | None
    collections: Sequence[Collection]
    sells_cards: bool


def window(
    merchant: Merchant, *, category: str, cursor: str | None, viewer: Person | AnonymousUser
) -> Window:
    """Read a shop's window; clips and stores come with its first page alone. Queries: 4 to 9."""
    is_first = not cursor
    return Window(
        merchant=merchant,
        page=_products(merchant, category=category, cursor=cursor),
        categories=_categories(merchant),
        category=category,
        clips=_clips(merchant, viewer) if is_first and not category else [],
        stores=_stores(merchant) if is_first else [],
        collections=list(merchant.collections.order_by("title")) if is_first else [],
        sells_cards=is_first and offering.on_sale(merchant) is not None,
        who=Application.objects.filter(merchant=merchant, closed_at__isnull=False).first()
        if merchant.approved_at
        else None,
    )


def _products(merchant: Merchant, *, category: str, cursor: str | None) -> paging.Page[Product]:
    rows = Product.objects.on_sale().filter(merchant=merchant, variants__withdrawn_at=None)
    if category:
        rows = rows.filter(category=category)
    priced = rows.annotate(
        price_from_minor=priced_at(Now()),
        prices=Count(PriceAt(Now(), variants="variants__"), distinct=True),
    ).prefetch_related(Prefetch("pictures", Picture.objects.order_by("position", "pk")))
    return paging.newest_first(priced, by="created_at", cursor=cursor, size=PRODUCTS_A_PAGE)


def _categories(merchant: Merchant) -> list[str]:
    """Return what can be chosen between; nothing where there is one alone."""
    rows = Product.objects.on_sale().filter(merchant=merchant).exclude(category="")
    most = rows.values("category").annotate(n=Count("pk")).order_by("-n", "category")
    found = [row["category"] for row in most[:CATEGORIES_SHOWN]]
    return found if len(found) > 1 else []


def _clips(merchant: Merchant, viewer: Person | AnonymousUser) -> list[Clip]:
    """Return the newest clips that show something of the shop, to whoever may see them."""
    sold = Product.objects.on_sale().filter(merchant=merchant)
    tagged = Tag.objects.filter(product__in=sold).values("clip")
    shown = Clip.objects.listed_for(viewer).filter(pk__in=tagged)
    return list(shown.select_related("creator").order_by("-published_at", "-pk")[:CLIPS_SHOWN])


def _stores(merchant: Merchant) -> list[Location]:
    rows = Location.objects.open().filter(merchant=merchant, kind=LocationKind.STORE)
    return list(rows.order_by("name"))
