"""The buyer's side of an order: the list, the story of each, cancelling, and waiting for a bank."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.kernel import paging, text
from vitrine.kernel.asked import wants_fragment
from vitrine.kernel.errors import Refusal
from vitrine.orders import carts, charging, handing_over, moving, settling
from vitrine.orders.asking import TooLong
from vitrine.orders.models import CardSale, GroupState, Order, OrderGroup, PaymentState
from vitrine.orders.payment import providers
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding, offer, story, thanks

PAGE_SIZE = 20


@require_safe
@access.policy(access.PERSON)
def purchases(request: HttpRequest) -> HttpResponse:
    """List what a person bought, newest first."""
    person = offer.person_of(request)
    bought = OrderGroup.objects.with_orders().filter(buyer=person, placed_at__isnull=False)
    page = paging.newest_first(
        bought, by="placed_at", cursor=request.GET.get("after"), size=PAGE_SIZE
    )
    has_cards = CardSale.objects.bought_by(person).exists()
    return render(request, "shop/purchases.html", {"page": page, "has_cards": has_cards})


@require_safe
@access.policy(access.HOLDER)
def purchase(request: HttpRequest, group_id: str) -> HttpResponse:
    """Tell the story of a purchase. A link's key moves into the session, out of the address bar."""
    group = holding.opened(request, group_id)
    if "key" in request.GET:
        holding.hold(request, group)
        return redirect(group)
    return _page(request, group)


def _page(
    request: HttpRequest,
    group: OrderGroup,
    refusal: Refusal | None = None,
    *,
    refused: Order | None = None,
) -> HttpResponse:
    """Draw a purchase as it stands; after a refusal with its sentence and what was typed.

    refused: the one of its orders that the refusal is about.
    """
    group = OrderGroup.objects.with_aftermath().get(pk=group.pk)
    context = {
        "refusal": refusal,
        "refused": refused,
        "typed": request.POST,
        "group": group,
        "payment": group.payment,
        "is_test": providers.named(group.payment.provider).is_test,
        "stories": story.of_group(group, at=timezone.now()),
    }
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "shop/purchase.html", context, status=status)


@require_safe
@access.policy(access.HOLDER)
def outcome(request: HttpRequest, group_id: str) -> HttpResponse:
    """Come back from the bank, or ask again: settle what it says, then show where things stand.

    A GET that changes state, because a bank's page can only send the browser back here; it is
    idempotent, and only learns what already happened at the bank.
    """
    group = holding.opened(request, group_id)
    if settling.awaits_word(group.payment):
        settling.resolve(group.payment, at=timezone.now())
        group = OrderGroup.objects.select_related("payment").get(pk=group.pk)
    if group.payment.state == PaymentState.CHALLENGE and "go" in request.GET:
        return redirect(charging.page_of(group.payment) or group)
    if group.state == GroupState.PLACED:
        cart = carts.find(offer.person_of(request), offer.cart_token(request))
        carts.forget_bought(cart, group)
    if wants_fragment(request):
        return HttpResponse(thanks.drawn(group, is_sheet="sheet" in request.GET))
    return redirect(group)


@require_POST
@access.policy(access.HOLDER)
def cancellation(request: HttpRequest, group_id: str, order_id: str) -> HttpResponse:
    """Cancel one order of a purchase before it is handed over."""
    group = holding.opened(request, group_id)
    order = get_object_or_404(group.orders, public_id=order_id)
    reason, by = text.line(request.POST.get("reason", "")), offer.person_of(request)
    try:
        key = handing_over.cancel(order, by=by, at=timezone.now(), reason=reason)
    except TooLong as refusal:
        return _page(request, group, refusal, refused=order)
    if key:
        moving.make(key, at=timezone.now())
    messages.success(request, gettext("Cancelled. The money set aside is free again."))
    return redirect(group)
