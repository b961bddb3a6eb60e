"""The order button, and every change of mind before it."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from vitrine.catalog.models import Product
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel.errors import Refusal
from vitrine.ledger.posting import KeyReused
from vitrine.orders import carts, keeping, quote
from vitrine.orders import checkout as buying
from vitrine.orders.checkout import TotalChanged
from vitrine.orders.models import GroupState, OrderGroup, Payment, PaymentState
from vitrine.orders.payment import providers
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding, offer
from vitrine.surfaces.shop.offer import Offer

SHOWN_BESIDE_THE_FORM = (TotalChanged, SoldOut, KeyReused, quote.NoDelivery, quote.NotForSale)


class Declined(Refusal):
    """The bank said no."""

    code = "declined"
    message = "The card was declined. Nothing was charged. Choose another way to pay."


@require_POST
@access.policy(access.ANYONE)
def checkout(request: HttpRequest) -> HttpResponse:
    """Buy what the form says; with "update" only draw the offer again for what was chosen."""
    found = _offer(request)
    if found is None:
        return redirect("shop:bag")
    if "update" in request.POST or found.refusal:
        request.session[offer.REGION] = found.quote.place.region
        return _draw(request, found, HTTPStatus.OK)
    if not found.form.is_valid():
        return _draw(request, found, HTTPStatus.UNPROCESSABLE_ENTITY)
    attempt = found.attempt(request)
    try:
        payment = buying.buy(attempt, at=timezone.now())
    except SHOWN_BESIDE_THE_FORM as refusal:
        again = found.with_fresh_key() if isinstance(refusal, KeyReused) else found
        return _draw(request, again.refused(refusal), HTTPStatus.CONFLICT)
    if payment.group.state == GroupState.FAILED:
        declined = found.with_fresh_key().refused(Declined(payment.group.failure or None))
        return _draw(request, declined, HTTPStatus.UNPROCESSABLE_ENTITY)
    if attempt.buyer is not None:
        keeping.remember(attempt.buyer, attempt.recipient, attempt.means, at=timezone.now())
    return _went_on(request, payment, found)


def _offer(request: HttpRequest) -> Offer | None:
    """Return the offer that the form was about: one product, or the bag."""
    product_id = request.POST.get("product", "")
    if not product_id:
        return offer.of_cart(request, at=timezone.now())
    product = (
        Product.objects.on_sale()
        .select_related("merchant")
        .prefetch_related("pictures")
        .filter(public_id=product_id)
        .first()
    )
    found = offer.of_product(request, product, at=timezone.now()) if product else None
    if found is None:
        raise Http404
    return found


def _went_on(request: HttpRequest, payment: Payment, found: Offer) -> HttpResponse:
    """Answer a purchase that is placed, or waits for the bank or for proof of who is paying."""
    holding.hold(request, payment.group)
    if payment.state == PaymentState.CHALLENGE:
        answer = providers.named(payment.provider).find(key=payment.key)
        return _go(request, answer.challenge_url if answer else payment.group.get_absolute_url())
    if payment.group.state == GroupState.PLACED and found.product is None:
        cart = carts.find(offer.person_of(request), request.session.get(offer.CART, ""))
        carts.forget_bought(cart, payment.group)
    if request.headers.get("HX-Request") == "true":
        group = OrderGroup.objects.with_orders().get(pk=payment.group_id)
        context = {"group": group, "payment": payment, "is_sheet": found.is_sheet}
        return render(request, "shop/placed.html", context)
    return redirect(payment.group)


def _draw(request: HttpRequest, found: Offer, status: HTTPStatus) -> HttpResponse:
    """Draw the offer: its own fragment for htmx, the whole page it stands on otherwise."""
    fragment = request.headers.get("HX-Request") == "true"
    context: dict[str, object] = {"offer": found, "product": found.product}
    if fragment:
        return render(request, "shop/offer.html", context, status=status)
    if found.product is None:
        return render(request, "shop/bag.html", context, status=status)
    context["pictures"] = found.product.pictures.all()
    return render(request, "shop/product.html", context, status=status)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)
