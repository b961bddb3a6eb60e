"""The clip on a product's page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from vitrine.catalog import showing
from vitrine.catalog.showing import NotItsClip
from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.product_form import ProductEditor
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.views.products import editor_page, product_of


@require_POST
@access.policy(access.MEMBER)
def video(request: MemberRequest, slug: str, product_id: str) -> HttpResponse:
    """POST shows a clip on the product's page; with ``method=delete`` it shows none."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    product = product_of(counter, product_id)
    if is_delete(request):
        showing.take_away(product)
        return redirect("market:product", slug, product.public_id)
    try:
        showing.show(product, request.POST.get("clip", ""))
    except NotItsClip as refusal:
        editor = ProductEditor(product=product)
        return editor_page(request, counter, editor, refusal=refusal, status=refusal.status)
    return redirect("market:product", slug, product.public_id)
