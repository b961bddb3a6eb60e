"""A shop as anybody sees it."""

from django.core.paginator import Paginator
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vitrine.catalog.models import Collection, Merchant, priced_at
from vitrine.sovereignty import access
from vitrine.surfaces.market.window import PRODUCTS_A_PAGE, window

LONGEST = 200


@require_GET
@access.policy(access.ANYONE)
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a shop's window: what it sells, in which clips, on which terms, and who it is."""
    merchant = get_object_or_404(Merchant, slug=slug)
    shown = window(
        merchant,
        category=request.GET.get("category", "")[:LONGEST],
        cursor=request.GET.get("from"),
        viewer=request.user,
    )
    return render(request, "market/storefront.html", {"window": shown, "merchant": merchant})


@require_GET
@access.policy(access.ANYONE)
def goods(request: HttpRequest, slug: str, goods_id: str) -> HttpResponse:
    """Show what a shop puts together. Queries: 4."""
    rows = Collection.objects.select_related("merchant").filter(merchant__slug=slug)
    found = get_object_or_404(rows, public_id=goods_id)
    products = found.products(at=timezone.now()).annotate(price_from_minor=priced_at(Now()))
    pages = Paginator(products.prefetch_related("pictures"), PRODUCTS_A_PAGE)
    context = {
        "collection": found,
        "merchant": found.merchant,
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "market/goods.html", context)
