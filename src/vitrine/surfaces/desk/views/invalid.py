"""What of ads counted for nothing, for the operator's staff, who may take back more."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import asked_again
from vitrine.ads import invalid, reversing
from vitrine.ads.models import Recall
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import local_day
from vitrine.surfaces.desk.recall_form import RecallForm

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
@never_cache
def listing(request: SignedInRequest) -> HttpResponse:
    """Show what counted for nothing in thirty days; POST takes back more, with a reason."""
    if request.method == "POST":
        return _recall(request)
    return _page(request, RecallForm(initial={"ad": request.GET.get("ad", "")}))


@asked_again
def _recall(request: SignedInRequest) -> HttpResponse:
    form = RecallForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            reversing.recall(
                said["ad"],
                since=said["billed_from"],
                until=said["billed_until"],
                words=said["why"],
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("billed_until", refusal.text)
        else:
            messages.success(request, gettext("Taken back. The advertiser reads your reason."))
            return redirect("desk:invalid")
    return _page(request, form)


def _page(request: SignedInRequest, form: RecallForm) -> HttpResponse:
    """Render it. Queries: 6."""
    today = local_day(timezone.now())
    days = {"since": today - timedelta(days=invalid.KEPT_DAYS - 1), "until": today}
    recalls = Recall.objects.select_related("ad__clip", "ad__group__campaign__advertiser", "by")
    sums = {"charges": Count("reversals"), "micros": Sum("reversals__charge__price_micros")}
    context = {
        "invalid": invalid.by_reason(Q(), **days),
        "by_ad": invalid.by_ad(Q(), **days)[:MOST_SHOWN],
        "recalls": recalls.annotate(**sums).order_by("-pk")[:MOST_SHOWN],
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "desk/invalid.html", context, status=status)
