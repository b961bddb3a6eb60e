"""Who somebody is in the queues of drops, and what their page of one shows."""

import secrets
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import Now
from django.http import HttpRequest

from vitrine.catalog.models import PriceAt, Product, priced_at
from vitrine.orders import dropping
from vitrine.orders.models import Drop
from vitrine.orders.standing import Standing, State
from vitrine.surfaces.shop import offer
from vitrine.surfaces.shop.press import QUEUE


def who(request: HttpRequest) -> dict[str, Any]:
    """Return what somebody is known by: their account, and their browser's session."""
    visitor = str(request.session.get(QUEUE, ""))
    return {"person": offer.person_of(request), "visitor": visitor}


def known(request: HttpRequest) -> dict[str, Any]:
    """Return the same, with a browser that is known from now on."""
    if not request.session.get(QUEUE):
        request.session[QUEUE] = secrets.token_urlsafe(18)
    return who(request)


def closed_to(request: HttpRequest, product: Product, *, at: datetime) -> Drop | None:
    """Return the drop in which a product is sold, unless it is the visitor's turn.

    Queries: 0 for what is sold as usual.
    """
    drop = Drop.of(product, at=at)
    if drop is None or standing(request, drop, at=at).state == State.IN:
        return None
    return drop


def standing(request: HttpRequest, drop: Drop, *, at: datetime) -> Standing:
    """Return where the visitor stands. Queries: 1 or 2, and 6 once a moment."""
    return dropping.standing(drop, **who(request), at=at)


def priced(product: Product) -> Product:
    """Return what a drop sells with its lowest price, and how many prices it has. Queries: 1."""
    rows = Product.objects.filter(pk=product.pk, variants__withdrawn_at=None)
    prices = Count(PriceAt(Now(), variants="variants__"), distinct=True)
    return rows.annotate(price_from_minor=priced_at(Now()), prices=prices).get()
