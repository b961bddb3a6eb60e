"""A drop: the page that counts down, a place in the queue, and where one stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vitrine.catalog.models import Product
from vitrine.orders import dropping
from vitrine.orders.dropping import State
from vitrine.orders.models import Drop
from vitrine.sovereignty import access
from vitrine.surfaces.shop import offer, waiting


@require_safe
@access.policy(access.ANYONE)
def drop(request: HttpRequest, drop_id: str) -> HttpResponse:
    """Show a drop and where the visitor stands; without scripts it loads itself again."""
    found = _found(drop_id)
    return render(request, "shop/drop.html", _context(request, found))


@require_safe
@access.policy(access.ANYONE)
def standing(request: HttpRequest, drop_id: str) -> HttpResponse:
    """Draw where the visitor stands, for a page that asks again and again.

    Queries: 4; none while the number that a page asks with has to wait.
    """
    number, now = request.GET.get("number", ""), timezone.now()
    if number.isascii() and number.isdigit() and len(number) < 10:
        stands = dropping.waiting(drop_id, int(number), at=now)
        if stands is not None:
            return HttpResponse(
                render_to_string("shop/drop.html#standing", {"stands": stands, "now": now}),
                headers={"Cache-Control": "no-store"},
            )
    return render(request, "shop/drop.html#standing", _context(request, _found(drop_id)))


@require_POST
@access.policy(access.ANYONE)
def place(request: HttpRequest, drop_id: str) -> HttpResponse:
    """Take a place; a second press finds the first one. Raises: DropOver."""
    found = _found(drop_id)
    dropping.join(found, **waiting.known(request), at=timezone.now())
    return redirect("shop:drop", drop_id)


def _found(drop_id: str) -> Drop:
    rows = Drop.objects.filter(product__in=Product.objects.on_sale().values("pk"))
    return get_object_or_404(rows.select_related("product__merchant"), public_id=drop_id)


def _context(request: HttpRequest, found: Drop) -> dict[str, object]:
    now = timezone.now()
    stands = waiting.standing(request, found, at=now)
    is_behind = stands.state == State.SOON and stands.place and not stands.place.in_lot
    return {
        "drop": found,
        "stands": stands,
        "product": found.product,
        "now": now,
        "may_be_drawn": is_behind and dropping.is_in_lot(found, offer.person_of(request)),
    }
