"""The parcels of an order: packed, printed, marked as left, and followed."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Location
from vitrine.kernel import text
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.orders import labelling, moving, postage, shipping
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Label, MoveState, Order, ScanKind, Shipment
from vitrine.orders.shipping import Box, NotToPack
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.views.orders import order_page_of


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def parcels(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Pack a parcel of a part of an order."""
    counter = scope.counter(request, slug, scope.ORDERS)
    order = get_object_or_404(Order.objects.sold_by(counter.merchant), public_id=order_id)
    try:
        shipping.pack(order, _box(request, counter, order), by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, order_id, refusal)
    messages.success(request, gettext("Packed. Print its slip and label, then mark it as left."))
    return redirect("market:order", slug, order_id)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def parcel(request: MemberRequest, slug: str, parcel_id: str) -> HttpResponse:
    """Show the packing slip and the label of a parcel, to print; POST corrects how it travels.

    Queries: 6.
    """
    counter, found = found_for(request, slug, parcel_id)
    if request.method == "POST":
        return _corrected(request, counter, found)
    return parcel_page_of(request, counter, found)


def parcel_page_of(
    request: MemberRequest, counter: Counter, found: Shipment, refusal: Refusal | None = None
) -> HttpResponse:
    """Draw what is printed of a parcel; after a refusal with its sentence and what was typed."""
    label = Label.objects.filter(shipment=found).first()
    context = {
        "counter": counter,
        "here": "orders",
        "parcel": found,
        "order": Order.objects.addressed(at=timezone.now()).get(pk=found.order_id),
        "label": label,
        "rates": labelling.offered(label) if label else [],
        "size": labelling.size_of(found, label, request.POST),
        "sells_labels": postage.is_there(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "market/parcel.html", context, status=status)


def _corrected(request: MemberRequest, counter: Counter, found: Shipment) -> HttpResponse:
    try:
        shipping.correct(found, _travels(request), by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, found.order.public_id, refusal)
    messages.success(request, gettext("Noted. The buyer sees it."))
    return redirect("market:order", counter.merchant.slug, found.order.public_id)


@require_POST
@access.policy(access.MEMBER)
def dispatch(request: MemberRequest, slug: str, parcel_id: str) -> HttpResponse:
    """Mark a parcel as left; the first one takes the order's money."""
    counter, found = found_for(request, slug, parcel_id)
    try:
        key = shipping.send(found, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, found.order.public_id, refusal)
    return _said(request, slug, found, key)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def scans(request: MemberRequest, slug: str, parcel_id: str) -> HttpResponse:
    """Keep what a carrier told of a parcel; the first time it means that it has left."""
    counter, found = found_for(request, slug, parcel_id)
    kind, place = request.POST.get("kind", ""), text.line(request.POST.get("place", ""))
    try:
        if kind not in ScanKind.values:
            raise NotToPack(gettext("Choose what the carrier told."))
        told = ScanKind(kind)
        key = shipping.scan(found, told, place, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, found.order.public_id, refusal)
    return _said(request, slug, found, key)


def _box(request: MemberRequest, counter: Counter, order: Order) -> Box:
    """Read what goes into a parcel. Raises: NotToPack."""
    typed = request.POST
    units = {}
    for line in order.lines.all():
        number = typed.get(f"units-{line.pk}", "0") or "0"
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise NotToPack
        units[line.pk] = int(number)
    places = Location.objects.open().filter(merchant=counter.merchant)
    place = places.filter(public_id=typed.get("from", "")).first()
    return Box(units, place, _travels(request))


def _travels(request: MemberRequest) -> Parcel:
    """Read how a parcel travels."""
    carrier, tracking = (text.line(request.POST.get(name, "")) for name in ("carrier", "tracking"))
    return Parcel(carrier, tracking)


def found_for(request: MemberRequest, slug: str, parcel_id: str) -> tuple[Counter, Shipment]:
    """Find a parcel of a shop for one of its members. Queries: 4."""
    counter = scope.counter(request, slug, scope.ORDERS)
    rows = Shipment.objects.sold_by(counter.merchant).select_related("order", "location")
    return counter, get_object_or_404(rows.prefetch_related("lines__line"), public_id=parcel_id)


def _said(request: MemberRequest, slug: str, found: Shipment, key: str) -> HttpResponse:
    state = moving.make(key, at=timezone.now()).state if key else MoveState.DONE
    if state == MoveState.REFUSED:
        messages.error(request, gettext("The bank refused. Do not hand the order over; see below."))
    else:
        messages.success(request, gettext("Noted. The buyer sees it."))
    return redirect("market:order", slug, found.order.public_id)


def _again(
    request: MemberRequest, counter: Counter, order_id: str, refusal: Refusal
) -> HttpResponse:
    if wants_json(request):
        raise refusal
    return order_page_of(request, counter, order_id, refusal)
