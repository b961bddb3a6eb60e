"""The list of products, and the editor of one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import editing
from vitrine.catalog.models import Product
from vitrine.catalog.showing import NotItsClip
from vitrine.kernel.asked import is_delete
from vitrine.safety import filtering
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope
from vitrine.surfaces.market.forms import PicturesForm
from vitrine.surfaces.market.product_form import ProductEditor, with_more_rows
from vitrine.surfaces.market.scope import Counter, MemberRequest

STATES = {
    "": gettext_lazy("All"),
    "drafts": gettext_lazy("Drafts"),
    "bare": gettext_lazy("Without picture"),
    "withdrawn": gettext_lazy("Withdrawn"),
}


@require_GET
@access.policy(access.MEMBER)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """List the shop's products, with search. Queries: 3, and 2 for the session."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found = page.products(
        counter.merchant, words=words, state=state, cursor=request.GET.get("from")
    )
    context = {
        "counter": counter,
        "here": "products",
        "page": found,
        "words": words,
        "state": state,
        "states": STATES,
    }
    return render(request, "market/products.html", context)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def new(request: MemberRequest, slug: str) -> HttpResponse:
    """Write a new product; it begins as a draft."""
    return _edit(request, scope.counter(request, slug, scope.CATALOGUE), None)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def product(request: MemberRequest, slug: str, product_id: str) -> HttpResponse:
    """Edit a product with all its choices."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    return _edit(request, counter, product_of(counter, product_id))


def product_of(counter: Counter, product_id: str) -> Product:
    """Find a product of the shop; another shop's is a 404."""
    rows = Product.objects.sold_by(counter.merchant).select_related("merchant", "listed_in")
    return get_object_or_404(rows, public_id=product_id)


def _edit(request: MemberRequest, counter: Counter, product: Product | None) -> HttpResponse:
    if request.method == "GET":
        return editor_page(request, counter, ProductEditor(product=product))
    if "more" in request.POST:
        typed = with_more_rows(request.POST)
        return editor_page(request, counter, ProductEditor(typed, product=product))
    editor = ProductEditor(request.POST, product=product)
    if editor.is_valid():
        try:
            saved = editing.save(
                editor.draft(),
                merchant=counter.merchant,
                product=product,
                weigh=filtering.weigh_product,
                at=timezone.now(),
            )
        except editing.SkuInUse as refusal:
            editor.refuse(refusal)
        else:
            messages.success(request, _saved(saved, is_new=product is None))
            return redirect("market:product", counter.merchant.slug, saved.public_id)
    return editor_page(request, counter, editor, status=422)


def _saved(product: Product, *, is_new: bool) -> str:
    if product.held_at is not None:
        return gettext("Saved. A moderator reads its words first; only your shop sees it so far.")
    return gettext("Saved as a draft.") if is_new else gettext("Saved.")


def editor_page(
    request: MemberRequest,
    counter: Counter,
    editor: ProductEditor,
    *,
    pictures_form: PicturesForm | None = None,
    refusal: NotItsClip | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the editor of a product, with what was typed into its forms."""
    context = {
        "counter": counter,
        "here": "products",
        "editor": editor,
        "product": editor.product,
        "pictures": list(editor.product.pictures.all()) if editor.product else [],
        "pictures_form": pictures_form or PicturesForm(),
        "clips": page.clips_of(editor.product) if editor.product else [],
        "refusal": refusal,
    }
    return render(request, "market/product.html", context, status=status)


@require_POST
@access.policy(access.MEMBER)
def publication(request: MemberRequest, slug: str, product_id: str) -> HttpResponse:
    """POST puts the product on sale; with ``method=delete`` it takes it off sale."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    found = product_of(counter, product_id)
    if is_delete(request):
        found.withdraw(at=timezone.now())
        said = gettext("“{title}” is no longer on sale.")
    else:
        found.publish(at=timezone.now())
        said = gettext("“{title}” is on sale.")
        if found.shut_at is not None:
            said = gettext("“{title}” goes on sale as soon as your shop may sell.")
        if found.held_at is not None:
            said = gettext("“{title}” goes on sale as soon as a moderator has read its words.")
    messages.success(request, said.format(title=found.title))
    return redirect("market:product", slug, found.public_id)
