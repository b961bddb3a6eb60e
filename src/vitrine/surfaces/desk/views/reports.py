"""The rules, reporting, and what became of one's own reports."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts import limits, visitors
from vitrine.accounts.models import Person
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads.models import Ad
from vitrine.catalog.models import Merchant, Product, Question, Role
from vitrine.kernel import paging
from vitrine.kernel.asked import wants_fragment
from vitrine.orders.models import Message, Review, Side
from vitrine.safety import policy, reporting
from vitrine.safety.models import Report
from vitrine.safety.things import Thing
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import ReportForm
from vitrine.videos.models import Clip, Comment

SHOWN = 30


@require_safe
@access.policy(access.ANYONE)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules that reports and decisions name."""
    return render(request, "desk/rules.html", {"rules": policy.REASONS.values()})


@require_safe
@access.policy(access.PERSON)
def own(request: SignedInRequest) -> HttpResponse:
    """Show what the person reported and what came of it, the latest first. Queries: 1."""
    rows = Report.objects.filter(by=request.user).select_related("case__decision")
    things = ("product", "clip", "comment", "person", "merchant", "message")
    talk = ("review__product", "question__product")
    ads = ("ad__clip", "ad__group__campaign__advertiser")
    named = rows.select_related(*(f"case__{thing}" for thing in (*things, *talk, *ads)))
    found = paging.newest_first(named, by="at", cursor=request.GET.get("after"), size=SHOWN)
    return render(request, "desk/reports.html", {"reports": found})


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def clip(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Report a clip."""
    rows = Clip.objects.visible_to(request.user).select_related("creator")
    return _report(request, Thing.of(get_object_or_404(rows, public_id=clip_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def comment(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Report a comment."""
    clips = Clip.objects.visible_to(request.user)
    rows = Comment.objects.shown_to(request.user).filter(clip__in=clips)
    related = rows.select_related("author", "clip")
    return _report(request, Thing.of(get_object_or_404(related, public_id=comment_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def person(request: HttpRequest, handle: str) -> HttpResponse:
    """Report a profile."""
    rows = Person.objects.visible_to(request.user)
    return _report(request, Thing.of(get_object_or_404(rows, handle=handle.lower())))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """Report a product."""
    rows = Product.objects.on_sale().select_related("merchant")
    return _report(request, Thing.of(get_object_or_404(rows, public_id=product_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Report a shop."""
    return _report(request, Thing.of(get_object_or_404(Merchant, slug=slug)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def review(request: HttpRequest, review_id: str) -> HttpResponse:
    """Report a review, or the seller's answer to it."""
    rows = Review.objects.shown_to(request.user).filter(product__in=Product.objects.on_sale())
    related = rows.select_related("author", "product")
    return _report(request, Thing.of(get_object_or_404(related, public_id=review_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def question(request: HttpRequest, question_id: str) -> HttpResponse:
    """Report a question on a product, or an answer to one."""
    rows = Question.objects.shown_to(request.user).filter(product__in=Product.objects.on_sale())
    related = rows.select_related("author", "product", "thread")
    return _report(request, Thing.of(get_object_or_404(related, public_id=question_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def message(request: SignedInRequest, message_id: str) -> HttpResponse:
    """Report what the other side of an order wrote: its buyer may, or who speaks for its shop."""
    shops = Merchant.objects.with_member(request.user, Role.ORDERS)
    theirs = Q(side=Side.SELLER, order__group__buyer=request.user)
    theirs |= Q(side=Side.BUYER, order__merchant__in=shops)
    rows = Message.objects.filter(theirs, withheld_at=None)
    related = rows.select_related("author", "order__group")
    return _report(request, Thing.of(get_object_or_404(related, public_id=message_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
def ad(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Report an ad: what it shows, promises, or leads to."""
    rows = Ad.objects.to_report().select_related("clip", "product", "group__campaign__advertiser")
    return _report(request, Thing.of(get_object_or_404(rows, public_id=ad_id)))


def _report(request: HttpRequest, thing: Thing) -> HttpResponse:
    """GET asks what is wrong; POST takes the report in, from a person or a visitor."""
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {"thing": thing, "form": form, "rules": policy.REASONS}
    part = "#sheet" if wants_fragment(request) or "sheet" in request.GET else ""
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, f"desk/report.html{part}", context, status=status)
    key, is_new = visitors.welcomed(request)
    by, now = request.user if isinstance(request.user, Person) else None, timezone.now()
    limits.spend(key, limits.Action.REPORT, is_new=not by or limits.is_new(by, at=now), at=now)
    reporting.report(thing, by=by, visitor=key, at=now, **form.cleaned_data)
    if part:
        response = render(request, "desk/report.html#thanks", context)
    else:
        messages.success(request, gettext("Thank you. A moderator will look at it."))
        response = redirect(thing.url)
    if is_new and by is None:
        visitors.remember(response, key)
    return response
