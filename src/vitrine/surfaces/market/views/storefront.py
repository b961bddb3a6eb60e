"""A shop as anybody sees it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from vitrine.catalog.models import Location, LocationKind, Merchant
from vitrine.sovereignty import access
from vitrine.surfaces.market import page


@require_GET
@access.policy(access.ANYONE)
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a shop's window: what it sells, where its stores are. Queries: 4."""
    merchant = get_object_or_404(Merchant, slug=slug)
    stores = Location.objects.open().filter(merchant=merchant, kind=LocationKind.STORE)
    context = {
        "merchant": merchant,
        "stores": stores.order_by("name"),
        "page": page.shop_window(merchant, cursor=request.GET.get("from")),
    }
    return render(request, "market/storefront.html", context)
