"""What was bought from a shop: pack it, ship it, have it collected, cancel or refund it."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.commission import reckoning
from vitrine.kernel import text
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import MoveState, Order
from vitrine.sovereignty import access
from vitrine.surfaces.market import order_page, scope
from vitrine.surfaces.market.scope import Counter, MemberRequest


@require_safe
@access.policy(access.MEMBER)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """List the shop's orders: what waits first, anything on request. Queries: 6."""
    counter = scope.counter(request, slug, scope.ORDERS)
    shown = request.GET.get("show", "waiting")
    context = {
        "counter": counter,
        "here": "orders",
        "filters": order_page.FILTERS,
        "shown": shown,
        "page": order_page.orders(counter.merchant, show=shown, cursor=request.GET.get("after")),
    }
    return render(request, "market/orders.html", context)


@require_safe
@access.policy(access.MEMBER)
def order(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Show one order with what can be done next. Queries: 10 at most."""
    return _order_page(request, scope.counter(request, slug, scope.ORDERS), order_id)


def _order_page(
    request: MemberRequest, counter: Counter, order_id: str, refusal: Refusal | None = None
) -> HttpResponse:
    """Draw an order as it stands; after a refusal with its sentence and what was typed."""
    found = get_object_or_404(order_page.detailed(counter.merchant), public_id=order_id)
    commission = reckoning.of_order(found)
    context = {
        "counter": counter,
        "here": "orders",
        "order": found,
        "share_minor": moving.merchant_share(found) - commission,
        "commission_minor": commission,
        "passed_on_minor": moving.passed_on(found),
        "is_leaving": any(move.state == MoveState.ASKED for move in found.moves.all()),
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "market/order.html", context, status=status)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def dispatch(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Mark a parcel as shipped; its money is taken now."""
    typed = request.POST
    carrier, tracking = (text.line(typed.get(name, "")) for name in ("carrier", "tracking"))
    parcel = Parcel(carrier[:40], tracking[:80])
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
    reason = text.line(request.POST.get("reason", ""))[:200]
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
    """Give the whole money back after hand-over."""
    reason = text.line(request.POST.get("reason", ""))[:200]
    return _act(
        request,
        slug,
        order_id,
        lambda found: handing_over.refund(found, by=request.user, at=timezone.now(), reason=reason),
        said=gettext("Refunded. The buyer is told."),
    )


def _act(
    request: MemberRequest, slug: str, order_id: str, verb: Callable[[Order], str], *, said: str
) -> HttpResponse:
    """Do one thing to an order, make the move it asks for, and say what became of it."""
    counter = scope.counter(request, slug, scope.ORDERS)
    found = get_object_or_404(Order.objects.sold_by(counter.merchant), public_id=order_id)
    try:
        key = verb(found)
    except Refusal as refusal:
        if wants_json(request):
            raise
        return _order_page(request, counter, order_id, refusal)
    state = moving.make(key, at=timezone.now()).state if key else MoveState.DONE
    if state == MoveState.DONE:
        messages.success(request, said)
    elif state == MoveState.ASKED:
        messages.warning(
            request, gettext("The bank has not answered yet. We keep asking; look again soon.")
        )
    else:
        messages.error(request, gettext("The bank refused. Do not hand the order over; see below."))
    return redirect("market:order", slug, order_id)
