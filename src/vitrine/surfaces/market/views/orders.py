"""What was bought from a shop: pack it, ship it, have it collected, cancel or refund it."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Location, Role
from vitrine.commission import reckoning
from vitrine.kernel import ids, money, text
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.kernel.money import BadAmount
from vitrine.orders import handing_over, moving, refunding
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import (
    MoveState,
    Order,
    OrderState,
    Return,
    ReturnLine,
    ScanKind,
    Shipment,
)
from vitrine.sovereignty import access
from vitrine.surfaces.market import order_page, order_table, scope
from vitrine.surfaces.market.order_filter import OrderFilterForm
from vitrine.surfaces.market.scope import Counter, MemberRequest


@require_safe
@access.policy(access.MEMBER)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """List the shop's orders: what waits first, anything on request. Queries: 10."""
    counter = scope.counter(request, slug, scope.ORDERS)
    form = OrderFilterForm(request.GET, merchant=counter.merchant)
    cursor, now = request.GET.get("after"), timezone.now()
    found = order_page.listing(counter.merchant, form.asked(), cursor=cursor, at=now)
    context = {"counter": counter, "here": "orders", "form": form, "list": found, "now": now}
    context["after"] = cursor
    return render(request, "market/orders.html", context, status=422 if form.errors else 200)


@require_safe
@access.policy(access.MEMBER)
def table(request: MemberRequest, slug: str) -> HttpResponseBase:
    """Send the orders that were asked for as CSV, a row for each line of an order."""
    counter = scope.counter(request, slug, scope.GIVING_BACK)
    form = OrderFilterForm(request.GET, merchant=counter.merchant)
    asked, now = form.asked(), timezone.now()
    if form.errors:
        return listing(request, slug)
    name = f"{slug}-orders-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        order_table.written(order_page.found(counter.merchant, asked, at=now), at=now),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
@access.policy(access.MEMBER)
def order(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Show one order with what can be done next. Queries: 14 at most."""
    return order_page_of(request, scope.counter(request, slug, scope.ORDERS), order_id)


def order_page_of(
    request: MemberRequest, counter: Counter, order_id: str, refusal: Refusal | None = None
) -> HttpResponse:
    """Draw an order as it stands; after a refusal with its sentence and what was typed."""
    now = timezone.now()
    found = get_object_or_404(order_page.detailed(counter.merchant, at=now), public_id=order_id)
    commission, share = reckoning.of_order(found), moving.share_of(found)
    context = {
        "counter": counter,
        "here": "orders",
        "order": found,
        "share": share,
        "share_minor": share.left_minor - commission,
        "commission_minor": commission,
        "is_withheld": found.is_withheld(at=now),
        "is_leaving": any(move.state == MoveState.ASKED for move in found.moves.all()),
        "left_minor": _left_minor(found),
        "sent_back": _sent_back(found, request.POST),
        "to_pack": _to_pack(found, request.POST, at=now),
        "places": Location.objects.open().filter(merchant=counter.merchant).order_by("pk"),
        "scan_kinds": ScanKind.choices,
        "key": request.POST.get("key") or ids.new(),
        "credit_key": ids.new(),
        "gives_credit": counter.may(scope.MONEY) and found.group.buyer_id is not None,
        "refusal": refusal,
        "typed": request.POST,
        "gives": "amount_minor" in request.POST,
        "back": OrderFilterForm(request.GET, merchant=counter.merchant).asked().same,
    }
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "market/order.html", context, status=status)


def _to_pack(order: Order, typed: QueryDict, *, at: datetime) -> list[dict[str, Any]]:
    """Return what is in no parcel yet, where one can be packed. Queries: 0 to 2."""
    goes_on = order.state == OrderState.SHIPPED and order.shipments.all()
    if order.is_pickup or order.is_withheld(at=at) or not (order.is_open or goes_on):
        return []
    left = Shipment.left_of(order)
    return [
        {"line": line, "left": left[line.pk], "typed": typed.get(f"units-{line.pk}", left[line.pk])}
        for line in order.lines.all()
        if left[line.pk]
    ]


def _sent_back(
    order: Order, typed: QueryDict
) -> list[tuple[Return, list[tuple[ReturnLine, object, object]]]]:
    """Return what comes back, each line with how many came and are good: as typed, or known."""
    return [
        (back, [(line, *_looked_at(line, typed)) for line in back.lines.all()])
        for back in order.returns.all()
    ]


def _looked_at(line: ReturnLine, typed: QueryDict) -> tuple[object, object]:
    known = (line.quantity, line.quantity) if line.came is None else (line.came, line.restocked)
    names = (f"came-{line.pk}", f"restocked-{line.pk}")
    return typed.get(names[0], known[0]), typed.get(names[1], known[1])


def _left_minor(order: Order) -> int:
    """Return what can still be given back of an order. Queries: 0 to 6."""
    given_out = order.state in refunding.GIVEN_OUT
    return refunding.Account(order).left.amount_minor if given_out else 0


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def dispatch(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Mark a parcel as shipped; its money is taken now."""
    typed = request.POST
    carrier, tracking = (text.line(typed.get(name, "")) for name in ("carrier", "tracking"))
    parcel = Parcel(carrier, tracking)
    return _act(
        request,
        slug,
        order_id,
        lambda found: handing_over.ship(found, parcel, by=request.user, at=timezone.now()),
        said=gettext("Shipped. The buyer is told, and the money is taken."),
    )


@require_POST
@access.policy(access.MEMBER)
def readiness(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Say that a collection waits at the counter; the buyer gets the code."""

    def make_ready(found: Order) -> str:
        handing_over.make_ready(found, by=request.user, at=timezone.now())
        return ""

    return _act(
        request, slug, order_id, make_ready, said=gettext("Ready. The buyer has been told.")
    )


@require_POST
@access.policy(access.MEMBER)
def collection(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Hand a collection over for its code; its money is taken now."""
    code = request.POST.get("code", "")[:40]
    return _act(
        request,
        slug,
        order_id,
        lambda found: handing_over.collect(found, code, by=request.user, at=timezone.now()),
        said=gettext("Handed over. The money is taken."),
    )


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def cancellation(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Cancel before hand-over; the money is let go."""
    reason = text.line(request.POST.get("reason", ""))
    return _act(
        request,
        slug,
        order_id,
        lambda found: handing_over.cancel(found, by=request.user, at=timezone.now(), reason=reason),
        said=gettext("Cancelled. The buyer is told, and pays nothing."),
    )


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def refund(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Give money back after hand-over: all that is left, or the amount that was typed."""
    typed, now = request.POST, timezone.now()
    reason = text.line(typed.get("reason", ""))

    def give_back(found: Order) -> str:
        if not typed.get("amount", "").strip():
            return handing_over.refund(found, by=request.user, at=now, reason=reason)
        amount_minor = _amount(found, typed["amount"])
        key = typed.get("key", "")[:40] or ids.new()
        return refunding.amount(
            found, amount_minor, key=key, by=request.user, at=now, reason=reason
        )

    said = gettext("Refunded. The buyer is told.")
    return _act(request, slug, order_id, give_back, said=said, roles=scope.GIVING_BACK)


class NoAmount(Refusal):
    """What was typed is not a sum of money."""

    code = "no_amount"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def _amount(order: Order, typed: str) -> int:
    """Read an amount in the order's currency. Raises: NoAmount."""
    try:
        return money.parse_minor(typed, currency=order.group.currency)
    except BadAmount as bad:
        raise NoAmount(str(bad)) from None


def _act(
    request: MemberRequest,
    slug: str,
    order_id: str,
    verb: Callable[[Order], str],
    *,
    said: str,
    roles: frozenset[Role] = scope.ORDERS,
) -> HttpResponse:
    """Do one thing to an order, make the move it asks for, and say what became of it."""
    counter = scope.counter(request, slug, roles)
    found = get_object_or_404(Order.objects.sold_by(counter.merchant), public_id=order_id)
    try:
        key = verb(found)
    except Refusal as refusal:
        if wants_json(request):
            raise
        return order_page_of(request, counter, order_id, refusal)
    state = moving.make(key, at=timezone.now()).state if key else MoveState.DONE
    if state == MoveState.DONE:
        messages.success(request, said)
    elif state == MoveState.ASKED:
        messages.warning(
            request, gettext("The bank has not answered yet. We keep asking; look again soon.")
        )
    else:
        messages.error(request, gettext("The bank refused. Do not hand the order over; see below."))
    back = OrderFilterForm(request.GET, merchant=counter.merchant).asked().same
    return redirect(f"{reverse('market:order', args=[slug, order_id])}{back}")
