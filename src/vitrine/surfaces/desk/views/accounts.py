"""Shops and advertisers at the desk: how each stands, what was decided, suspending and lifting."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads.models import Advertiser
from vitrine.catalog.models import Merchant
from vitrine.safety import standing
from vitrine.safety.models import Decision
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import StandingForm

SHOWN = 50


@require_safe
@access.policy(access.MODERATOR)
def shops(request: SignedInRequest) -> HttpResponse:
    """Find shops by name; unasked, those that are suspended. Queries: 1."""
    words = request.GET.get("q", "").strip()
    asked = Q(name__icontains=words) | Q(slug=words) if words else Q(suspended_at__isnull=False)
    found = Merchant.objects.filter(asked).order_by("name", "pk")[:SHOWN]
    return render(request, "desk/shops.html", {"shops": found, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MODERATOR)
def shop(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how a shop stands; POST warns, suspends or lifts. Queries: 4."""
    found = get_object_or_404(Merchant.objects.select_related("application"), slug=slug)
    return _account(request, found, "desk/shop.html")


@require_safe
@access.policy(access.MODERATOR)
def advertisers(request: SignedInRequest) -> HttpResponse:
    """Find advertisers by name; unasked, those that are suspended. Queries: 1."""
    words = request.GET.get("q", "").strip()
    asked = Q(name__icontains=words) if words else Q(suspended_at__isnull=False)
    found = Advertiser.objects.filter(asked).order_by("name", "pk")[:SHOWN]
    return render(request, "desk/advertisers.html", {"advertisers": found, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MODERATOR)
def advertiser(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show how an advertiser stands; POST warns, suspends or lifts. Queries: 3."""
    found = get_object_or_404(Advertiser, public_id=advertiser_id)
    return _account(request, found, "desk/advertiser.html")


def _account(request: SignedInRequest, found: Merchant | Advertiser, template: str) -> HttpResponse:
    kind, typed = Thing.of(found).kind, request.POST if request.method == "POST" else None
    form = StandingForm(typed, kind=kind, is_suspended=found.suspended_at is not None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        rows = Decision.objects.filter(**{f"case__{kind}": found})
        told = rows.select_related("case", "by", "appeal").order_by("-at")
        context = {"account": found, "form": form, "decisions": told}
        return render(request, template, context, status=status)
    said = form.cleaned_data
    measure = Measure(said["measure"])
    standing.decide(
        found, by=request.user, reason=said["reason"], measure=measure, words=said["words"],
        at=timezone.now(),
    )  # fmt: skip
    done = gettext("{act}: {thing}.").format(act=measure.act.title, thing=found.name)
    messages.success(request, done)
    return redirect(request.path)
