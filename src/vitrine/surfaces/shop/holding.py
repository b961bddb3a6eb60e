"""Who may see a purchase: its buyer, or whoever holds its link."""

import hmac

from django.http import Http404, HttpRequest

from vitrine.orders.models import OrderGroup
from vitrine.surfaces.shop.offer import person_of

HELD = "purchases"
MOST = 20
"""How many links one browser keeps; older ones are still in the mail."""


def hold(request: HttpRequest, group: OrderGroup) -> None:
    """Let this browser see a purchase: it has just made it, or opened its link."""
    if group.buyer_id is None or group.buyer_id != request.user.pk:
        held = [one for one in request.session.get(HELD, []) if one != group.link_token]
        request.session[HELD] = [*held, group.link_token][-MOST:]


def opened(request: HttpRequest, group_id: str) -> OrderGroup:
    """Return a purchase that the caller may see. Raises: Http404 for anybody else. Queries: 1."""
    group = OrderGroup.objects.select_related("payment").filter(public_id=group_id).first()
    if group is None or not (_is_buyer(request, group) or _holds_link(request, group)):
        raise Http404
    return group


def _is_buyer(request: HttpRequest, group: OrderGroup) -> bool:
    person = person_of(request)
    return person is not None and group.buyer_id == person.pk


def _holds_link(request: HttpRequest, group: OrderGroup) -> bool:
    given = [request.GET.get("key", ""), *request.session.get(HELD, [])]
    return any(hmac.compare_digest(group.link_token.encode(), str(one).encode()) for one in given)
