"""A shop as anybody sees it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from vitrine.catalog.models import Merchant
from vitrine.sovereignty import access
from vitrine.surfaces.market.window import window

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
