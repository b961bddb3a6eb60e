"""A product, as a page or as a sheet over the clip where it was met."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.catalog import showing
from vitrine.feed import looking
from vitrine.sovereignty import access
from vitrine.surfaces.shop import offer, opinions, shown, waiting


@require_safe
@access.policy(access.ANYONE)
def product(request: HttpRequest, product_id: str, slug: str) -> HttpResponse:
    """Show a product with everything that a buyer wants to know before any tap."""
    read = shown.product(product_id, request.user)
    if read is None:
        raise Http404
    found = read.product
    is_sheet = "sheet" in request.GET
    if slug != found.slug and not is_sheet:
        return redirect(found, permanent=True)
    now = timezone.now()
    looking.note(request.user, merchant=found.merchant_id, at=now)
    drop = waiting.closed_to(request, found, at=now)
    context: dict[str, object] = {
        "product": found,
        "drop": drop,
        "offer": offer.of_product(request, found, at=now) if drop is None else None,
        "pictures": read.pictures,
    }
    if drop is not None:
        context["priced"] = waiting.priced(found)
    if not is_sheet:
        context["rating"] = read.rating
        context["film"] = showing.shown(found)
        context["structured"] = opinions.structured(found, read.rating, read.pictures)
    return render(request, "shop/product.html#sheet" if is_sheet else "shop/product.html", context)
