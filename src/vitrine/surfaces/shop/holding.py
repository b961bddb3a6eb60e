"""Who may see a purchase, or a gift card that was bought: its buyer, or whoever holds its link."""

import hmac

from django.http import Http404, HttpRequest

from vitrine.orders.models import CardSale, OrderGroup
from vitrine.surfaces.shop.offer import person_of

HELD = "purchases"
MOST = 20
"""How many links one browser keeps; older ones are still in the mail."""


def hold(request: HttpRequest, bought: OrderGroup | CardSale) -> None:
    """Let this browser see a purchase: it has just made it, or opened its link."""
    if bought.buyer_id is None or bought.buyer_id != request.user.pk:
        held = [one for one in request.session.get(HELD, []) if one != bought.link_token]
        request.session[HELD] = [*held, bought.link_token][-MOST:]


def opened(request: HttpRequest, group_id: str) -> OrderGroup:
    """Return a purchase that the caller may see. Raises: Http404 for anybody else. Queries: 1."""
    group = OrderGroup.objects.select_related("payment").filter(public_id=group_id).first()
    if group is None or not _may_see(request, group):
        raise Http404
    return group


def opened_card(request: HttpRequest, sale_id: str) -> CardSale:
    """Return a gift card that the caller bought. Raises: Http404 for anybody else. Queries: 1."""
    found = CardSale.objects.select_related("merchant", "purse").filter(public_id=sale_id)
    sale = found.first()
    if sale is None or not _may_see(request, sale):
        raise Http404
    return sale


def _may_see(request: HttpRequest, bought: OrderGroup | CardSale) -> bool:
    person = person_of(request)
    if person is not None and bought.buyer_id == person.pk:
        return True
    given = [request.GET.get("key", ""), *request.session.get(HELD, [])]
    token = bought.link_token.encode()
    return any(hmac.compare_digest(token, str(one).encode()) for one in given)
