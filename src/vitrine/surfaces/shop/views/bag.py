"""The bag: what is in it, and the offer for all of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vitrine.catalog.models import Tag, Variant
from vitrine.orders import carts
from vitrine.sovereignty import access
from vitrine.surfaces.shop import offer


@require_safe
@access.policy(access.ANYONE)
def bag(request: HttpRequest) -> HttpResponse:
    """Show the bag. A guest's bag becomes theirs when they sign in."""
    person, token = offer.person_of(request), offer.cart_token(request)
    if person and token:
        carts.adopt(person, token, at=timezone.now())
        del request.session[offer.CART]
    context = {"offer": offer.of_cart(request, at=timezone.now())}
    return render(request, "shop/bag.html", context)


@require_POST
@access.policy(access.ANYONE)
def lines(request: HttpRequest) -> HttpResponse:
    """Put a variant into the bag."""
    variant = get_object_or_404(
        Variant.objects.select_related("product"),
        public_id=request.POST.get("variant", ""),
        withdrawn_at=None,
    )
    now = timezone.now()
    cart = carts.open_for(offer.person_of(request), offer.cart_token(request), at=now)
    if cart.person_id is None:
        request.session[offer.CART] = cart.token
    met = Tag.objects.filter(
        product=variant.product, clip__public_id=request.POST.get("clip", "")
    ).first()
    carts.put(cart, variant, _quantity(request, 1), clip_id=met.clip_id if met else None, at=now)
    if request.headers.get("HX-Request") == "true":
        return render(request, "shop/bag.html#added", {"variant": variant})
    messages.success(request, f"{variant.product.title} is in your bag.")
    return redirect("shop:bag")


@require_POST
@access.policy(access.ANYONE)
def line(request: HttpRequest, variant_id: str) -> HttpResponse:
    """Change how many of a variant are in the bag; none takes it out."""
    now = timezone.now()
    cart = carts.find(offer.person_of(request), offer.cart_token(request))
    if cart is not None:
        carts.change(cart, variant_id, _quantity(request, 0), at=now)
    if request.headers.get("HX-Request") == "true":
        return render(request, "shop/bag.html#contents", {"offer": offer.of_cart(request, at=now)})
    return redirect("shop:bag")


def _quantity(request: HttpRequest, otherwise: int) -> int:
    text = request.POST.get("quantity", "")
    return min(int(text), carts.MOST) if text.isascii() and text.isdigit() else otherwise
