"""A product's pictures: adding and removing them, and their bytes."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.models import Person
from vitrine.catalog import editing, pictures
from vitrine.catalog.models import Merchant, Picture
from vitrine.kernel import storage
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.forms import PicturesForm, picture_files
from vitrine.surfaces.market.product_form import ProductEditor
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.views.products import editor_page, product_of
from vitrine.videos import serving


@require_POST
@access.policy(access.MEMBER)
def added(request: MemberRequest, slug: str, product_id: str) -> HttpResponse:
    """Add the pictures that were sent; each that cannot be used is named with its cause."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    product = product_of(counter, product_id)
    form = PicturesForm(request.POST)
    files = request.FILES.getlist("pictures")[: editing.MAX_PICTURES]
    if form.is_valid():
        for file, content in zip(files, picture_files(files), strict=True):
            try:
                editing.add_picture(product, content, alt=form.cleaned_data["alt"])
            except Refusal as refusal:
                form.add_error(None, f"{file.name}: {refusal.text}")
        if not files:
            form.add_error(None, gettext("Choose a picture first."))
    if form.is_valid():
        return redirect("market:product", slug, product.public_id)
    editor = ProductEditor(product=product)
    return editor_page(request, counter, editor, pictures_form=form, status=422)


@require_POST
@access.policy(access.MEMBER)
def picture(request: MemberRequest, slug: str, product_id: str, picture_id: str) -> HttpResponse:
    """POST shows the picture first; with ``method=delete`` it takes it away."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    product = product_of(counter, product_id)
    found = get_object_or_404(product.pictures, key=f"{pictures.ROOT}/{picture_id}")
    if is_delete(request):
        editing.remove_picture(found)
    else:
        editing.show_first(found)
    return redirect("market:product", slug, product.public_id)


@require_safe
@access.policy(access.ANYONE)
def file(request: HttpRequest, picture_id: str, width: int) -> HttpResponseBase:
    """Send a picture of what is or was on sale to anybody, of a draft to the shop's members.

    Orders go on showing what was bought. Queries: 1 for what was published.
    """
    key = f"{pictures.ROOT}/{picture_id}"
    if width not in pictures.WIDTHS:
        raise Http404
    shown = Picture.objects.filter(key=key)
    is_public = shown.filter(product__published_at__isnull=False).exists()
    if not is_public and not _is_members(request, key):
        raise Http404
    name = pictures.file_key(key, width)
    try:
        size = storage.stat(name).size
    except storage.Missing:
        raise Http404 from None
    served = serving.Served(
        name,
        size,
        # The key is random and its content never changes: they are one.
        f"{picture_id}-{width}",
        "image/webp",
        serving.FOREVER if is_public else serving.OWN_EYES,
    )
    return serving.respond(request, served)


def _is_members(request: HttpRequest, key: str) -> bool:
    if not isinstance(request.user, Person):
        return False
    theirs = Merchant.objects.with_member(request.user)
    return Picture.objects.filter(key=key, product__merchant__in=theirs).exists()
