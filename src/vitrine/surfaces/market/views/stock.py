"""Counting what is in each place."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vitrine.catalog import stockkeeping
from vitrine.catalog.models import Location, Variant
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope
from vitrine.surfaces.market.counting import Count, counts_typed
from vitrine.surfaces.market.scope import Counter, MemberRequest


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def shelves(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a place's stock; POST saves what was counted, row by row. Queries: 6 on GET."""
    counter = scope.counter(request, slug, scope.STOCK)
    places = list(Location.objects.open().filter(merchant=counter.merchant).order_by("pk"))
    if not places:
        return render(request, "market/stock_empty.html", {"counter": counter, "here": "stock"})
    place = _chosen(places, request.GET.get("place", ""))
    typed: dict[str, Count] = {}
    if request.method == "POST":
        typed = counts_typed(request.POST)
        _save(request, counter, place, typed)
    wrong = {each.variant_id: each for each in typed.values() if each.fault}
    shown = page.shelves(
        place,
        words=request.GET.get("q", "").strip(),
        only_low=bool(request.GET.get("low")),
        after=_number(request.GET.get("after", "")),
    )
    context = {
        "counter": counter,
        "here": "stock",
        "places": places,
        "place": place,
        "shelves": shown,
        "rows": [(shelf, wrong.get(shelf.variant.public_id)) for shelf in shown.rows],
        "words": request.GET.get("q", ""),
        "low": bool(request.GET.get("low")),
        "form_key": ids.new(),
    }
    return render(request, "market/stock.html", context, status=422 if wrong else 200)


def _chosen(places: list[Location], place_id: str) -> Location:
    if not place_id:
        return places[0]
    found = next((place for place in places if place.public_id == place_id), None)
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _save(
    request: MemberRequest, counter: Counter, place: Location, typed: dict[str, Count]
) -> None:
    """Save each row by itself: one that somebody else changed does not hold up the others."""
    variants = Variant.objects.filter(merchant=counter.merchant, public_id__in=typed)
    saved = 0
    for variant in variants.order_by("pk"):
        each = typed[variant.public_id]
        if each.fault or each.on_hand == each.seen:
            continue
        try:
            with transaction.atomic():
                stockkeeping.count(
                    stockkeeping.at_location(variant, place),
                    each.on_hand,
                    seen=each.seen,
                    key=f"count:{each.form_key}:{variant.public_id}",
                    by=request.user,
                    at=timezone.now(),
                )
            saved += 1
        except Refusal as refusal:
            each.fault = refusal.text
    if saved:
        said = ngettext("{count} count saved.", "{count} counts saved.", saved)
        messages.success(request, said.format(count=saved))
