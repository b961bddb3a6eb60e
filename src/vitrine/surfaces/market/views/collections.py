"""What a shop shows together: chosen by hand, or by a rule."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Collection
from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.collection_form import CollectionForm
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """List the shop's collections; POST makes one more. Queries: 3."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    form = CollectionForm(typed(request), merchant=counter.merchant)
    if request.method == "POST" and form.is_valid():
        made = form.filled()
        made.created_at = timezone.now()
        made.save()
        return redirect("market:goods", slug, made.public_id)
    rows = counter.merchant.collections.annotate(chosen=Count("items")).order_by("title")
    context = {"counter": counter, "here": "products", "form": form, "collections": rows}
    status = 422 if request.method == "POST" else 200
    return render(request, "market/collections.html", context, status=status)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def goods(request: MemberRequest, slug: str, goods_id: str) -> HttpResponse:
    """Change a collection, the order of its goods, or ``method=delete`` it. Queries: 4."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    rows = counter.merchant.collections.select_related("merchant", "category")
    found = get_object_or_404(rows, public_id=goods_id)
    if request.method == "POST" and is_delete(request):
        found.delete()
        messages.success(request, gettext("The collection is gone; its products are not."))
        return redirect("market:collections", slug)
    if request.method == "POST" and (moved := request.POST.get("first") or request.POST.get("out")):
        found.move(moved, out="out" in request.POST)
        return redirect("market:goods", slug, goods_id)
    form = CollectionForm(typed(request), merchant=counter.merchant, collection=found)
    if request.method == "POST" and form.is_valid():
        form.filled().save()
        messages.success(request, gettext("Saved."))
        return redirect("market:goods", slug, goods_id)
    context = {
        "counter": counter,
        "here": "products",
        "form": form,
        "collection": found,
        "products": Collection.objects.get(pk=found.pk).products(at=timezone.now())[:200],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "market/collection.html", context, status=status)
