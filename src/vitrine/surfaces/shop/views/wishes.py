"""Hearts on products, and waiting for a choice that is sold out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Product, StockAlert, Variant, Wish
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.sovereignty import access
from vitrine.surfaces.shop.views.reviews import on_sale


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.SAVE)
def wish(request: SignedInRequest, product_id: str) -> HttpResponse:
    """POST puts a product on the wish list, DELETE takes it off."""
    found, is_wished = on_sale(product_id), not is_delete(request)
    if is_wished:
        Wish.put(found, by=request.user, at=timezone.now())
    else:
        Wish.take_back(found, by=request.user)
    if wants_fragment(request):
        small = "small" in request.POST
        context = {"id": found.public_id, "is_wished": is_wished, "is_small": small}
        return render(request, "shop/heart.html", context)
    return redirect("you:wishes")


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.SAVE)
def alert(request: SignedInRequest, variant_id: str) -> HttpResponse:
    """POST waits for a choice that is sold out, DELETE waits no more."""
    rows = Variant.objects.filter(withdrawn_at=None, product__in=Product.objects.on_sale())
    found = get_object_or_404(rows.select_related("product"), public_id=variant_id)
    if is_delete(request):
        StockAlert.take_back(found, by=request.user)
        said = gettext("You are not told about it any more.")
    else:
        StockAlert.put(found, by=request.user, at=timezone.now())
        said = gettext("You are told once, as soon as it is back.")
    if wants_fragment(request):
        return render(request, "shop/heart.html#alert", {"said": said})
    messages.success(request, said)
    return redirect(found.product)
