"""A drop: the page that counts down, a place in the queue, and where one stands."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from vitrine.catalog.models import Product
from vitrine.orders import dropping
from vitrine.orders.models import Drop
from vitrine.orders.standing import State
from vitrine.sovereignty import access
from vitrine.surfaces.shop import offer, waiting
from vitrine.surfaces.shop.standing import Shown

PATH = re.compile(r"/drops/([a-z]{2}_[0-9A-Z]{26})/standing")
QUERY = re.compile(r"ticket=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@require_safe
@access.policy(access.ANYONE)
def drop(request: HttpRequest, drop_id: str) -> HttpResponse:
    """Show a drop and where the visitor stands; without scripts it loads itself again."""
    found = _found(drop_id)
    about = {
        "priced": waiting.priced(found.product),
        "picture": found.product.pictures.order_by("position", "pk").first(),
    }
    return render(request, "shop/drop.html", about | _context(request, found))


@require_safe
@access.policy(access.ANYONE)
def standing(request: HttpRequest, drop_id: str) -> HttpResponse:
    """Draw where the visitor stands, for a page without a ticket. Queries: 5.

    Who has one is answered before it comes here (``StandingMiddleware``).
    """
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
    ticket = stands.ticket
    is_behind = stands.state == State.SOON and ticket is not None and not ticket.in_lot
    return {
        "drop": found,
        "stands": stands,
        "told": Shown.of(stands, found, at=now),
        "product": found.product,
        "may_be_drawn": is_behind and dropping.is_in_lot(found, offer.person_of(request)),
    }


class StandingMiddleware:
    """Answer who asks by a ticket before anything is known of them: a ticket says all there is.

    It stands behind what every answer needs, and before whatever reads a session. Where it cannot
    tell, the page's own view does. Queries: 0, and what ``dropping.by_ticket`` reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _answer(request) or self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponse | None:
    path = PATH.fullmatch(request.path_info)
    asked = path and request.method == "GET" and QUERY.fullmatch(request.META["QUERY_STRING"])
    if not path or not asked:
        return None
    now = timezone.now()
    found = dropping.by_ticket(path[1], asked[1], at=now)
    if found is None:
        return None
    stands, seen = found
    if stands.state == State.SOON and stands.ticket and not stands.ticket.in_lot:
        return None  # who is not in the lot may be by now: that is a matter of their account
    language = translation.get_language_from_request(request)
    with translation.override(language):
        html = Shown.of(stands, seen.drop, at=now).drawn()
    answer = HttpResponse(html, headers={"Cache-Control": "no-store", "Content-Language": language})
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer
