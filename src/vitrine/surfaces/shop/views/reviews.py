"""Reviews of a product: reading them, writing one's own, and finding one helpful."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.catalog import pictures
from vitrine.catalog.models import Product
from vitrine.catalog.models.question import speaks_for
from vitrine.kernel import storage
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.kernel.errors import Refusal, told_when, wants_json
from vitrine.orders.models import HelpfulVote, Review, ReviewPicture
from vitrine.orders.models.review import MOST_PICTURES, ROOT, OwnProduct
from vitrine.safety import talking
from vitrine.sovereignty import access
from vitrine.surfaces.shop import opinions
from vitrine.surfaces.shop.talk_forms import ReviewForm
from vitrine.videos import serving


def on_sale(product_id: str) -> Product:
    """Return a product that anybody may see."""
    rows = Product.objects.on_sale().select_related("merchant")
    return get_object_or_404(rows, public_id=product_id)


@require_safe
@access.policy(access.ANYONE)
def reviews(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show a product's reviews, sorted as asked; below the product page as a fragment."""
    found, asked = on_sale(product_id), request.GET
    stars = asked.get("stars", "")
    read = opinions.reviews(
        found,
        request.user,
        sort=asked.get("sort", ""),
        only=int(stars) if stars in {"1", "2", "3", "4", "5"} else None,
        cursor=asked.get("after"),
    )
    part = "#read" if wants_fragment(request) else ""
    return render(request, f"shop/reviews.html{part}", {"product": found, "opinions": read})


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def own_review(request: SignedInRequest, product_id: str) -> HttpResponse:
    """GET shows the form for one's review, POST keeps it, DELETE takes it back."""
    found = on_sale(product_id)
    mine = Review.objects.filter(product=found, author=request.user).first()
    if is_delete(request):
        if mine is not None:
            mine.remove()
            messages.success(request, gettext("Your review is gone."))
        return redirect(found)
    if request.method == "POST":
        return _write(request, found, mine)
    if mine is None:
        if speaks_for(request.user, found.merchant):
            raise OwnProduct
        Review.bought_line(found, request.user)
    return _form(request, found, mine, ReviewForm.of(mine), HTTPStatus.OK)


def _write(request: SignedInRequest, product: Product, mine: Review | None) -> HttpResponse:
    form, dropped = ReviewForm(request.POST), request.POST.getlist("drop")
    if not form.is_valid():
        return _form(request, product, mine, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    draft = form.draft(request.FILES.getlist("pictures"), dropped)
    try:
        said = talking.review(product, draft, by=request.user, at=timezone.now())
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error("text", refusal.text)  # and what was typed stays
        return told_when(_form(request, product, mine, form, refusal.status), refusal)
    done = gettext("Thank you. Others read your review now.")
    if said.withheld_at is not None:
        done = gettext("Thank you. A moderator reads it first.")
    messages.success(request, done)
    return redirect("shop:reviews", product.public_id)


def _form(
    request: SignedInRequest, product: Product, mine: Review | None, form: ReviewForm, status: int
) -> HttpResponse:
    shown = list(mine.pictures.all()) if mine else []
    context = {
        "product": product,
        "mine": mine,
        "form": form,
        "pictures": shown,
        "room": MOST_PICTURES - len(shown),
        "chose_files": bool(request.FILES),
    }
    return render(request, "shop/review.html", context, status=status)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.LIKE)
def helpful(request: SignedInRequest, review_id: str) -> HttpResponse:
    """POST finds a review helpful, DELETE finds it so no more."""
    rows = Review.objects.out().filter(product__in=Product.objects.on_sale())
    review = get_object_or_404(rows, public_id=review_id)
    if is_delete(request):
        HelpfulVote.take_back(review, by=request.user)
    else:
        HelpfulVote.give(review, by=request.user, at=timezone.now())
    if not wants_fragment(request):
        return redirect("shop:reviews", review.product.public_id)
    again = opinions.with_vote(rows, request.user).get(pk=review.pk)
    return render(request, "shop/reviews.html#helpful", {"review": again})


@require_safe
@access.policy(access.ANYONE)
def picture(request: HttpRequest, picture_id: str, width: int) -> HttpResponseBase:
    """Send a picture of a review to whoever may read it. Queries: 1."""
    key = f"{ROOT}/{picture_id}"
    readable = Review.objects.shown_to(request.user)
    shown = ReviewPicture.objects.filter(key=key, review__in=readable)
    if width not in pictures.WIDTHS or not shown.exists():
        raise Http404
    name = pictures.file_key(key, width)
    try:
        size = storage.stat(name).size
    except storage.Missing:
        raise Http404 from None
    served = serving.Served(name, size, f"{picture_id}-{width}", "image/webp", serving.OWN_EYES)
    return serving.respond(request, served)
