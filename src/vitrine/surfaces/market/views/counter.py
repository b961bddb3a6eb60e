"""The counter of a store: find a pick-up by its code and hand it over, on line or off."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.catalog.models import Location
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.orders import counter as counters
from vitrine.orders.counter import Told
from vitrine.orders.models import QueuedHandover
from vitrine.sovereignty import access
from vitrine.surfaces.market import counter_page, scope
from vitrine.surfaces.market.counting import KEY
from vitrine.surfaces.market.scope import Counter, MemberRequest

LONGEST_CODE = 80


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@never_cache
def desk(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what waits; POST hands over what a code names. ``kept``: the page that devices keep,
    which is nobody's order. Queries: 6."""
    counter = scope.counter(request, slug, scope.ORDERS)
    if request.method != "POST":
        return _page(request, counter)
    order_id, code = _code(request.POST.get("code", ""))
    told = Told(ids.new(), code, order_id)
    try:
        row = counters.take(counter.merchant, told, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, counter, refusal)
    if row.is_taken:
        messages.success(request, _said(row))
    else:
        messages.error(request, row.why)
    return redirect("market:counter", slug)


@require_safe
@access.policy(access.MEMBER)
@never_cache
def ready(request: MemberRequest, slug: str) -> HttpResponse:
    """Tell a device what is ready, for when it has no network; never a code. Queries: 4."""
    counter = scope.counter(request, slug, scope.ORDERS)
    store = _store(request, counter)
    rows = counter_page.told_to_devices(counter.merchant, store, at=timezone.now())
    return JsonResponse({"ready": rows, "token": get_token(request)})


@require_POST
@access.policy(access.MEMBER)
def handovers(request: MemberRequest, slug: str) -> HttpResponse:
    """Take one hand-over as a device tells it, once per key. Raises: what ``counter.take`` does."""
    counter = scope.counter(request, slug, scope.ORDERS)
    typed = request.POST
    key = typed.get("key", "")
    if not KEY.match(key):
        return JsonResponse({"code": "bad_key"}, status=422)
    order_id, code = _code(typed.get("code", ""))
    told = Told(
        key=f"{counter.merchant.pk}:{key}",
        code=code,
        order_id=typed.get("order", "") or order_id,
        handed_at=_moment(typed.get("at", "")),
        is_queued=typed.get("queued") == "1",
    )
    row = counters.take(counter.merchant, told, by=request.user, at=timezone.now())
    return JsonResponse({"taken": row.is_taken, "said": _said(row)})


@require_POST
@access.policy(access.MEMBER)
def settlement(request: MemberRequest, slug: str, handover_id: str) -> HttpResponse:
    """Note that a person has settled what two devices told otherwise."""
    counter = scope.counter(request, slug, scope.ORDERS)
    rows = QueuedHandover.objects.filter(merchant=counter.merchant)
    found = get_object_or_404(rows, public_id=handover_id)
    counters.settle(found, by=request.user, at=timezone.now())
    return redirect("market:counter", slug)


def _page(request: MemberRequest, counter: Counter, refusal: Refusal | None = None) -> HttpResponse:
    is_kept = "kept" in request.GET
    store = _store(request, counter)
    context = {
        "counter": counter,
        "here": "counter",
        "stores": counter_page.stores(counter.merchant),
        "store": store,
        "orders": []
        if is_kept
        else counter_page.pickups(counter.merchant, store, at=timezone.now()),
        "conflicts": [] if is_kept else counter_page.conflicts(counter.merchant),
        "refusal": refusal,
        "typed": request.POST.get("code", ""),
    }
    return render(request, "market/desk.html", context, status=refusal.status if refusal else 200)


def _store(request: MemberRequest, counter: Counter) -> Location | None:
    """Return the store that was chosen, None for all of them."""
    place_id = request.GET.get("place", "")
    if not place_id:
        return None
    for store in counter_page.stores(counter.merchant):
        if store.public_id == place_id:
            return store
    raise Http404


def _code(text: str) -> tuple[str, str]:
    """Read what was typed, or what a buyer's QR code says: order and code."""
    order_id, _, code = text.strip()[:LONGEST_CODE].rpartition(":")
    return order_id, code


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _said(row: QueuedHandover) -> str:
    if not row.is_taken:
        return row.why
    number = row.order.public_id[-6:] if row.order else ""
    return gettext("Order {number} is handed over. The money is taken.").format(number=number)
