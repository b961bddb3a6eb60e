"""Products on a clip."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.accounts.models import Person
from vitrine.catalog import tagging
from vitrine.catalog.models import Product
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.forms import SpanForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos.models import Clip


@require_GET
@access.policy(access.OWNER)
def products(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Search what can be put on a clip. Queries: 3, and 2 for the session."""
    found = page.own_clip(request, clip_id)
    words = request.GET.get("q", "").strip()
    context = {
        "clip": found,
        "words": words,
        "products": page.products_found(found, words, creator=request.user),
    }
    template = "studio/products.html#found" if request.htmx else "studio/products.html"
    return render(request, template, context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def tag(request: CreatorRequest, clip_id: str, product_id: str) -> HttpResponse:
    """POST puts a product on a clip or moves its span, DELETE takes it off."""
    clip = page.own_clip(request, clip_id)
    product = get_object_or_404(Product, public_id=product_id)
    form = SpanForm(request.POST)
    refusal = None
    if is_delete(request):
        tagging.untag(clip, product, by=request.user)
    elif form.is_valid():
        try:
            _tag(clip, product, form, by=request.user)
        except Refusal as refused:
            if not request.htmx:
                raise
            refusal = refused
    else:
        return render(request, "studio/timeline.html#span_saved", {"span_form": form}, status=422)
    if not request.htmx:
        return redirect("studio:clip", clip.public_id)
    status = refusal.status if refusal else HTTPStatus.OK
    if "from_ms" in request.POST:
        said = {"span_form": form, "tag_refusal": refusal}
        return render(request, "studio/timeline.html#span_saved", said, status=status)
    context = {
        "editor": page.editor(clip),
        "tags": page.tags(clip, at=timezone.now()),
        "tag_refusal": refusal,
    }
    return render(request, "studio/timeline.html", context, status=status)


def _tag(clip: Clip, product: Product, form: SpanForm, *, by: Person) -> None:
    until_ms = form.cleaned_data["until_ms"]
    tagging.tag(
        clip,
        product,
        from_ms=form.cleaned_data["from_ms"] or 0,
        # A slider moves by tenths of a second and may end a little after the clip.
        until_ms=min(until_ms, clip.duration_ms) if until_ms else None,
        by=by,
    )
