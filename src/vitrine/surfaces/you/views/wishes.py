"""What a person would like to have, and what they wait for."""

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.catalog.models import Picture, PriceAt, Product, StockAlert, Wish, priced_at
from vitrine.kernel import paging
from vitrine.sovereignty import access

SHOWN = 30


@require_safe
@access.policy(access.PERSON)
def wishes(request: SignedInRequest) -> HttpResponse:
    """Show the wish list, the newest first, and what the person waits for. Queries: 4."""
    pictures = Prefetch("pictures", Picture.objects.order_by("position", "pk"))
    sold = Q(variants__withdrawn_at=None)
    products = (
        Product.objects.select_related("merchant")
        .annotate(
            price_from_minor=priced_at(Now()),
            prices=Count(PriceAt(Now(), variants="variants__"), filter=sold, distinct=True),
        )
        .prefetch_related(pictures)
    )
    rows = Wish.objects.filter(person=request.user).prefetch_related(Prefetch("product", products))
    page = paging.newest_first(rows, by="at", cursor=request.GET.get("after"), size=SHOWN)
    waited = StockAlert.objects.filter(person=request.user).select_related("variant__product")
    context = {"page": page, "alerts": waited.order_by("-at", "-pk")[:SHOWN]}
    return render(request, "you/wishes.html", context)
