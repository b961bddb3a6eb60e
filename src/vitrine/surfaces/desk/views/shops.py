"""Shops at the desk: how each stands, what was decided, and a suspension without a report."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.catalog.models import Merchant
from vitrine.safety import standing
from vitrine.safety.models import Decision
from vitrine.safety.policy import Measure
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import StandingForm

SHOWN = 50


@require_safe
@access.policy(access.MODERATOR)
def listing(request: SignedInRequest) -> HttpResponse:
    """Find shops by name; unasked, those that are suspended. Queries: 1."""
    words = request.GET.get("q", "").strip()
    asked = Q(name__icontains=words) | Q(slug=words) if words else Q(suspended_at__isnull=False)
    found = Merchant.objects.filter(asked).order_by("name", "pk")[:SHOWN]
    return render(request, "desk/shops.html", {"shops": found, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MODERATOR)
def shop(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how a shop stands; POST warns, suspends or lifts. Queries: 3."""
    found = get_object_or_404(Merchant.objects.select_related("application"), slug=slug)
    typed = request.POST if request.method == "POST" else None
    form = StandingForm(typed, is_suspended=found.is_suspended)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        rows = Decision.objects.filter(case__merchant=found).select_related("case", "by", "appeal")
        context = {"shop": found, "form": form, "decisions": rows.order_by("-at")}
        return render(request, "desk/shop.html", context, status=status)
    said = form.cleaned_data
    measure = Measure(said["measure"])
    standing.decide(
        found, by=request.user, reason=said["reason"], measure=measure, words=said["words"],
        at=timezone.now(),
    )  # fmt: skip
    done = gettext("{act}: {thing}.").format(act=measure.act.title, thing=found.name)
    messages.success(request, done)
    return redirect("desk:shop", slug)
