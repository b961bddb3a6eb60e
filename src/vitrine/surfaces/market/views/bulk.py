"""Changing many products at once: chosen, previewed, done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vitrine.catalog import bulk
from vitrine.catalog.models import Product
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope
from vitrine.surfaces.market.bulk_form import BulkForm
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.typed import typed

LISTED = 200
"""Products that can be chosen one by one; more are changed together."""
SHOWN = 50


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def change(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose products and what becomes of them; POST shows it, and with its mark does it.

    Queries: 3 to look, 1 more for each 500 products to show.
    """
    counter = scope.counter(request, slug, scope.CATALOGUE)
    asked = request.POST or request.GET
    words, state = asked.get("q", "").strip(), asked.get("state", "")
    rows = page.found_products(counter.merchant, words=words, state=state)
    if "product" in asked or "singly" in asked:
        rows = Product.objects.sold_by(counter.merchant).filter(
            public_id__in=asked.getlist("product")[:LISTED]
        )
    keys = bulk.chosen(counter.merchant, rows)
    form = BulkForm(typed(request), merchant=counter.merchant)
    preview = None
    if request.method == "POST" and keys and form.is_valid():
        if mark := request.POST.get("mark", ""):
            count = bulk.apply(
                keys, form.change(), merchant=counter.merchant, mark=mark, at=timezone.now()
            )
            said = ngettext("{count} product was changed.", "{count} products were changed.", count)
            messages.success(request, said.format(count=count))
            return redirect("market:products", slug)
        preview = bulk.preview(keys, form.change(), shown=SHOWN)
    context = {
        "counter": counter,
        "here": "products",
        "form": form,
        "words": words,
        "state": state,
        "total": len(keys),
        "listed": Product.objects.filter(pk__in=keys).order_by("title", "pk")
        if len(keys) <= LISTED
        else [],
        "preview": preview,
    }
    status = 422 if request.method == "POST" and preview is None else 200
    return render(request, "market/change.html", context, status=status)
