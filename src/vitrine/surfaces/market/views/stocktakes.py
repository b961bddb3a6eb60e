"""Counting everything in a place, with a scanner or by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.catalog import stocktaking
from vitrine.catalog.models import Location, Stocktake
from vitrine.kernel import ids
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope, stock_page
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.stock_forms import ThingForm


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.MEMBER)
def stocktake(request: MemberRequest, slug: str, location_id: str) -> HttpResponse:
    """Show the count that runs; POST begins one, ``method=delete`` drops it. Queries: 6 on GET."""
    counter, place = _place(request, slug, location_id)
    if request.method in {"GET", "HEAD"}:
        return _page(request, counter, place)
    if is_delete(request):
        stocktaking.drop(_running(place), at=timezone.now())
        messages.success(request, gettext("Dropped. Nothing has changed."))
        return redirect("market:stock", slug)
    stocktaking.begin(place, by=request.user, at=timezone.now())
    return redirect("market:stocktake", slug, location_id)


@require_POST
@access.policy(access.MEMBER)
def lines(request: MemberRequest, slug: str, location_id: str) -> HttpResponse:
    """Note one thing: ``how`` adds to what was counted, sets it, or forgets it."""
    counter, place = _place(request, slug, location_id)
    form, how = ThingForm(request.POST), request.POST.get("how", "more")
    if not form.is_valid():
        return _page(request, counter, place, form)
    said, running = form.cleaned_data, _running(place)
    try:
        variant = stocktaking.find(place, said["words"])
        if how == "forget":
            stocktaking.forget(running, variant)
        else:
            stocktaking.count(
                running,
                variant,
                said["quantity"],
                key=said["key"],
                at=timezone.now(),
                is_more=how == "more",
            )
    except Refusal as refusal:
        form.add_error("words", refusal.text)
        return _page(request, counter, place, form)
    return redirect("market:stocktake", slug, location_id)


@require_POST
@access.policy(access.MEMBER)
def application(request: MemberRequest, slug: str, location_id: str) -> HttpResponse:
    """Correct every figure that was counted otherwise; a refusal names what to count again."""
    counter, place = _place(request, slug, location_id)
    try:
        changed = stocktaking.apply(_running(place), by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, counter, place, refusal=refusal)
    said = ngettext("{count} figure corrected.", "{count} figures corrected.", changed)
    messages.success(request, said.format(count=changed))
    return redirect("market:stock", slug)


def _place(request: MemberRequest, slug: str, location_id: str) -> tuple[Counter, Location]:
    counter = scope.counter(request, slug, scope.STOCK)
    places = Location.objects.open().filter(merchant=counter.merchant)
    return counter, get_object_or_404(places, public_id=location_id)


def _running(place: Location) -> Stocktake:
    found = Stocktake.objects.running().filter(location=place).first()
    if found is None:
        raise stocktaking.StocktakeEnded
    return found


def _page(
    request: MemberRequest,
    counter: Counter,
    place: Location,
    form: ThingForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "counter": counter,
        "here": "stock",
        "place": place,
        "count": stock_page.running_count(place),
        "form": form or ThingForm(initial={"key": ids.new()}),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form else 200
    return render(request, "market/stocktake.html", context, status=status)
