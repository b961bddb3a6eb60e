"""What is in each place: figures, why they change, and from how few on is told."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.catalog import stockkeeping
from vitrine.catalog.models import Location, MovementReason, Variant
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope
from vitrine.surfaces.market.counting import Count, Few, counts_typed, few_typed
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.stock_forms import AdjustmentForm


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def shelves(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a place's stock; POST saves new figures, row by row. Queries: 6 on GET."""
    counter = scope.counter(request, slug, scope.STOCK)
    places = _places(counter)
    if not places:
        return render(request, "market/stock_empty.html", {"counter": counter, "here": "stock"})
    place = _chosen(places, request.GET.get("place", ""))
    typed: dict[str, Count] = {}
    form = AdjustmentForm()
    if request.method == "POST":
        typed, form = counts_typed(request.POST), AdjustmentForm(_with_reason(request))
        if form.is_valid():
            _save(request, counter, place, typed, form)
    return _page(request, counter, places, place, {"form": form, "typed": typed})


@require_POST
@access.policy(access.MEMBER)
def few(request: MemberRequest, slug: str) -> HttpResponse:
    """Save from how few on is to be told, shelf by shelf."""
    counter = scope.counter(request, slug, scope.STOCK)
    places = _places(counter)
    place = _chosen(places, request.GET.get("place", ""))
    typed = few_typed(request.POST)
    for variant in Variant.objects.filter(merchant=counter.merchant, public_id__in=typed):
        row = typed[variant.public_id]
        if not row.fault:
            stockkeeping.tell_from(stockkeeping.at_location(variant, place), row.number)
    if not any(row.fault for row in typed.values()):
        messages.success(request, gettext("Saved."))
    return _page(request, counter, places, place, {"typed": typed, "is_few": True})


def _places(counter: Counter) -> list[Location]:
    return list(Location.objects.open().filter(merchant=counter.merchant).order_by("pk"))


def _chosen(places: list[Location], place_id: str) -> Location:
    found = next((place for place in places if place_id in ("", place.public_id)), None)
    if found is None:
        raise Http404
    return found


def _with_reason(request: MemberRequest) -> dict[str, str]:
    """Return what was typed of the reason; a page of before has none, and was a count."""
    return {"reason": MovementReason.COUNTED.value, **request.POST.dict()}


def _page(
    request: MemberRequest,
    counter: Counter,
    places: list[Location],
    place: Location,
    more: dict[str, object],
) -> HttpResponse:
    """Draw a place's shelves. What was typed and not saved stays in its field, with its fault."""
    typed = more.get("typed")
    kept: dict[str, Count | Few] = dict(typed) if isinstance(typed, dict) else {}
    only_low = bool(request.GET.get("low"))
    shown = page.shelves(
        place,
        words=request.GET.get("q", "").strip(),
        only_low=only_low,
        after=_number(request.GET.get("after", "")),
    )
    form = more.get("form") or AdjustmentForm()
    is_wrong = isinstance(form, AdjustmentForm) and form.is_bound and not form.is_valid()
    is_wrong = is_wrong or any(each.fault for each in kept.values())
    context = {
        "counter": counter,
        "here": "stock",
        "places": places,
        "place": place,
        "shelves": shown,
        "rows": [(shelf, _unsaved(kept.get(shelf.variant.public_id))) for shelf in shown.rows],
        "words": request.GET.get("q", ""),
        "low": only_low,
        "is_few": bool(request.GET.get("few")),
        "form_key": ids.new(),
        **more,
        "form": form,
    }
    return render(request, "market/stock.html", context, status=422 if is_wrong else 200)


def _unsaved(row: Count | Few | None) -> Count | Few | None:
    return None if isinstance(row, Count) and row.is_saved else row


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _save(
    request: MemberRequest,
    counter: Counter,
    place: Location,
    typed: dict[str, Count],
    form: AdjustmentForm,
) -> None:
    """Save each row by itself: one that somebody else changed does not hold up the others."""
    variants = Variant.objects.filter(merchant=counter.merchant, public_id__in=typed)
    saved = 0
    for variant in variants.order_by("pk"):
        each = typed[variant.public_id]
        if each.fault or each.on_hand == each.seen:
            each.is_saved = not each.fault
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
                    reason=MovementReason(form.cleaned_data["reason"]),
                    note=form.cleaned_data["note"],
                )
            each.is_saved = True
            saved += 1
        except Refusal as refusal:
            each.fault = refusal.text
    if saved:
        said = ngettext("{count} figure saved.", "{count} figures saved.", saved)
        messages.success(request, said.format(count=saved))
