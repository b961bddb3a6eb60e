"""Many orders at once: shipped with their tracking numbers, or printed as packing lists."""

import time
from http import HTTPStatus

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.orders import dispatching
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope, shipping_page
from vitrine.surfaces.market.order_filter import Asked, OrderFilterForm
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.shipping_page import Sheet

PATIENCE_SECONDS = 8
"""How long one press asks the bank; what is left then is asked by jobs."""


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def shipping(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the chosen orders with a field each; POST fills a list in, or marks them all.

    Queries: 6, and those of each order.
    """
    counter = scope.counter(request, slug, scope.ORDERS)
    now = timezone.now()
    if request.method != "POST":
        sheet = shipping_page.sheet(counter.merchant, request.GET.getlist("order"), at=now)
        return _page(request, counter, sheet, HTTPStatus.OK)
    file = request.FILES.get("file")
    sheet = shipping_page.typed(counter.merchant, request.POST, file, at=now)
    if sheet.faults:
        return _page(request, counter, sheet, HTTPStatus.UNPROCESSABLE_ENTITY)
    sheet.pasted = ""
    if "fill" not in request.POST:
        _ship(request, sheet)
    return _page(
        request, counter, sheet, HTTPStatus.CONFLICT if sheet.is_refused else HTTPStatus.OK
    )


def _ship(request: MemberRequest, sheet: Sheet) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    became = dispatching.ship_each(
        [(row.order, row.parcel) for row in sheet.rows],
        by=request.user,
        at=timezone.now(),
        is_time_left=lambda: time.monotonic() < ends,
    )
    for row, sent in zip(sheet.rows, became, strict=True):
        row.sent = sent


def _page(
    request: MemberRequest, counter: Counter, sheet: Sheet, status: HTTPStatus
) -> HttpResponse:
    back = _asked(counter, request.POST.get("list") or request.GET.get("list", ""))
    context = {"counter": counter, "here": "orders", "sheet": sheet, "back": back}
    return render(request, "market/shipping.html", context, status=status)


@require_safe
@access.policy(access.MEMBER)
def packing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a packing list for each chosen order, to be printed one a page. Queries: 6."""
    counter = scope.counter(request, slug, scope.ORDERS)
    chosen = request.GET.getlist("order")
    context = {
        "counter": counter,
        "here": "orders",
        "slips": shipping_page.chosen(counter.merchant, chosen, at=timezone.now()),
        "back": _asked(counter, request.GET.get("list", "")),
    }
    return render(request, "market/packing.html", context)


def _asked(counter: Counter, query: str) -> Asked:
    """Return the list that somebody came from."""
    return OrderFilterForm(QueryDict(query[:1_000]), merchant=counter.merchant).asked()
