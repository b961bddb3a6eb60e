"""What a request wants to pay with besides the bank: gift cards' codes, and the buyer's credit."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest

from vitrine.accounts import limits
from vitrine.accounts.models import Person
from vitrine.orders import covering
from vitrine.orders.covering import MOST_CARDS, NOTHING_ELSE, Cover, Wish
from vitrine.orders.models import Purse
from vitrine.orders.quote import Quote

GIFT, CREDIT = "gift", "credit"
"""Names of the fields: a code each, and a box."""


def wish_of(request: HttpRequest, *, at: datetime) -> Wish:
    """Return what was typed and ticked. Only of a POST: no code is ever in an address."""
    typed = (code.strip()[:40] for code in request.POST.getlist(GIFT))
    codes = tuple(dict.fromkeys(code for code in typed if code))[:MOST_CARDS]
    person = request.user if isinstance(request.user, Person) else None
    with_credit = CREDIT in request.POST and person is not None
    if not codes and not with_credit:
        return NOTHING_ELSE
    if person is None:
        return Wish(codes, who=_guest(request, at=at))
    is_new = limits.is_new(person, at=at)
    return Wish(codes, with_credit, who=person.public_id, is_new=is_new)


def credit_for(person: Person | None, found: Quote, *, at: datetime) -> list[Purse]:
    """Return the credit that somebody could use for a quote. Queries: 0 or 1."""
    if person is None:
        return []
    shops = {None, *(part.merchant.pk for part in found.parts)}
    return [one for one in covering.credit_for(person, at=at) if one.merchant_id in shops]


def unpaid(wish: Wish, cover: Cover) -> str:
    """Return the code that pays nothing, as typed."""
    paying = {code for code, _ in cover.cards}
    return next((code for code in wish.codes if code not in paying), "")


def _guest(request: HttpRequest, *, at: datetime) -> str:
    """Name a guest by where they call from, for a day: a cookie is thrown away too easily.

    A keyed digest, so that no address is stored.
    """
    said = f"{at.astimezone(UTC).date()}:{get_client_ip_address(request)}"
    digest = hmac.new(settings.SECRET_KEY.encode(), said.encode(), sha256)
    return f"g_{digest.hexdigest()[:32]}"
