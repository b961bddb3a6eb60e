"""The order button, and every change of mind before it."""

from datetime import datetime
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from vitrine.accounts.limits import TooFast
from vitrine.catalog.models import Product
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel.asked import wants_fragment
from vitrine.kernel.errors import Refusal
from vitrine.ledger.posting import KeyReused
from vitrine.orders import carts, charging, claiming
from vitrine.orders import checkout as buying
from vitrine.orders.checkout import TotalChanged
from vitrine.orders.covering import CardDoesNotPay
from vitrine.orders.models import Drop, GroupState, Payment, PaymentState
from vitrine.orders.redeeming import CodeDoesNotCount
from vitrine.orders.spending import SpentMeanwhile
from vitrine.orders.splitting import NoDelivery
from vitrine.orders.wanted import NotForSale
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding, offer, place, press, thanks
from vitrine.surfaces.shop.offer import Offer

SHOWN_BESIDE_THE_FORM = (
    *(TotalChanged, SoldOut, KeyReused, CodeDoesNotCount, CardDoesNotPay, SpentMeanwhile),
    *(NoDelivery, NotForSale, TooFast, claiming.OnlyInTurn, claiming.TooMany),
)

NOTHING_TO_CORRECT = (SoldOut, claiming.OnlyInTurn)
"""In a drop these end a press: no form would help, and hundreds may hear it at one moment."""


class Declined(Refusal):
    """The bank said no."""

    code = "declined"
    message = "The card was declined. Nothing was charged. Choose another way to pay."


@require_POST
@access.policy(access.ANYONE)
def checkout(request: HttpRequest) -> HttpResponse:
    """Buy what the form says; with "update" only draw the offer again for what was chosen."""
    if "update" in request.POST or offer.FILL in request.POST:
        return _draw(request, HTTPStatus.OK)
    try:
        payment = _bought(request, at=timezone.now())
    except SHOWN_BESIDE_THE_FORM as refusal:
        return _draw(request, HTTPStatus.CONFLICT, refusal)
    if payment is None:
        return _draw(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    if payment.group.state == GroupState.FAILED:
        declined = Declined(payment.group.why_failed or None)
        return _draw(request, HTTPStatus.UNPROCESSABLE_ENTITY, declined)
    return _went_on(request, payment)


def _bought(request: HttpRequest, *, at: datetime) -> Payment | None:
    """Carry a press through; None for a form that is not in order."""
    with buying.coming():
        pressed = press.read(request, at=at)
        if not pressed.wanted or not pressed.form.is_valid():
            return None
        return buying.buy(pressed.attempt(request, at=at), at=at)


def _went_on(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Answer a purchase that is placed, or waits for the bank or for proof of who is paying."""
    group = payment.group
    holding.hold(request, group)
    if payment.state == PaymentState.CHALLENGE:
        return _go_to_bank(request, payment)
    if group.state == GroupState.PLACED and "product" not in request.POST:
        carts.forget_bought(carts.find(offer.person_of(request), offer.cart_token(request)), group)
    if not wants_fragment(request):
        return redirect(group)
    return HttpResponse(thanks.drawn(group, is_sheet=request.POST.get("in") == "sheet"))


def _draw(request: HttpRequest, status: HTTPStatus, refusal: Refusal | None = None) -> HttpResponse:
    """Draw the offer: its own fragment for htmx, the whole page it stands on otherwise."""
    if request.POST.get("product"):
        return _draw_product(request, status, refusal)
    return _draw_bag(request, status, refusal)


def _draw_product(
    request: HttpRequest, status: HTTPStatus, refusal: Refusal | None
) -> HttpResponse:
    product = (
        Product.objects.on_sale()
        .select_related("merchant")
        .prefetch_related("pictures")
        .filter(public_id=request.POST["product"])
        .first()
    )
    if product is None:
        raise refusal or Http404
    now = timezone.now()
    drop = Drop.of(product, at=now) if isinstance(refusal, NOTHING_TO_CORRECT) else None
    if drop is not None and wants_fragment(request):
        said = {"drop": drop, "refusal": refusal}
        return HttpResponse(render_to_string("shop/drop_refused.html", said), status=status)
    found = offer.of_product(request, product, at=now)
    if found is None:
        raise refusal or NotForSale
    context = {
        "offer": _again(request, found, refusal),
        "product": product,
        "pictures": product.pictures.all(),
    }
    template = "shop/offer.html" if wants_fragment(request) else "shop/product.html"
    return render(request, template, context, status=status)


def _draw_bag(request: HttpRequest, status: HTTPStatus, refusal: Refusal | None) -> HttpResponse:
    """Draw the bag's offer; after a refusal its lines too, since they may be what changed."""
    bag = offer.of_cart(request, at=timezone.now())
    if bag.offer is None:
        return _go(request, "/cart")
    context = {"offer": _again(request, bag.offer, refusal), "gone": bag.gone}
    if not wants_fragment(request):
        return render(request, "shop/bag.html", context, status=status)
    if refusal is None:
        return render(request, "shop/offer.html", context, status=status)
    answer = render(request, "shop/bag.html#contents", context, status=status)
    return reswap(retarget(answer, "#bag"), "innerHTML")


def _again(request: HttpRequest, found: Offer, refusal: Refusal | None) -> Offer:
    """Say beside the form why it is drawn again.

    A key that was used, or whose purchase failed, is not given out again.
    """
    if found.refusal is None:
        request.session[place.REGION] = found.quote.place.region
    if refusal is not None:
        found = found.refused(refusal)
    return found.with_fresh_key() if isinstance(refusal, Declined | KeyReused) else found


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _go_to_bank(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Send the buyer to the bank; without scripts by a link on the purchase's page.

    A form may not lead to another site, not even by a redirect (``form-action``).
    """
    page = charging.page_of(payment)
    if page.startswith("/") or wants_fragment(request):
        return _go(request, page or payment.group.get_absolute_url())
    return redirect(payment.group)
