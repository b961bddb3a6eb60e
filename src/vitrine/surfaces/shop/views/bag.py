"""The bag: what is in it, and the offer for all of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.catalog.models import Tag, Variant
from vitrine.kernel.asked import wants_fragment
from vitrine.orders import carts, figures
from vitrine.orders import wanted as asking
from vitrine.sovereignty import access
from vitrine.surfaces.shop import choosing, offer


@require_safe
@access.policy(access.ANYONE)
def bag(request: HttpRequest) -> HttpResponse:
    """Show the bag. A guest's bag becomes theirs when they sign in."""
    person, token = offer.person_of(request), offer.cart_token(request)
    if person and token:
        carts.adopt(person, token, at=timezone.now())
        del request.session[offer.CART]
    return render(request, "shop/bag.html", _context(request))


@require_POST
@access.policy(access.ANYONE)
def lines(request: HttpRequest) -> HttpResponse:
    """Put a variant into the bag. Raises: NotForSale, also for a draft, without naming it."""
    variant = get_object_or_404(
        Variant.objects.select_related("product", "merchant"),
        public_id=request.POST.get("variant", ""),
    )
    if not asking.is_sold(variant):
        raise asking.NotForSale(gettext("This is not sold at the moment. Choose something else."))
    now = timezone.now()
    cart = carts.open_for(offer.person_of(request), offer.cart_token(request), at=now)
    if cart.person_id is None:
        request.session[offer.CART] = cart.token
    met = Tag.objects.filter(
        product=variant.product, clip__public_id=request.POST.get("clip", "")
    ).first()
    carts.put(
        cart,
        variant,
        choosing.quantity_of(request.POST),
        clip_id=met.clip_id if met else None,
        at=now,
    )
    figures.note_bagging(variant, clip_id=met.clip_id if met else None, at=now)
    if wants_fragment(request):
        return render(request, "shop/bag.html#added", {"variant": variant})
    said = gettext("{title} is in your bag.").format(title=variant.product.title)
    messages.success(request, said)
    return redirect("shop:bag")


@require_POST
@access.policy(access.ANYONE)
def line(request: HttpRequest, variant_id: str) -> HttpResponse:
    """Change how many of a variant are in the bag; none takes it out, no number changes nothing."""
    now = timezone.now()
    cart = carts.find(offer.person_of(request), offer.cart_token(request))
    quantity = choosing.typed_quantity(request.POST)
    if cart is not None and quantity is not None:
        carts.change(cart, variant_id, quantity, at=now)
    if wants_fragment(request):
        return render(request, "shop/bag.html#contents", _context(request))
    return redirect("shop:bag")


def _context(request: HttpRequest) -> dict[str, object]:
    bag = offer.of_cart(request, at=timezone.now())
    return {"offer": bag.offer, "gone": bag.gone}
