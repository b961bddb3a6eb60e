"""Payouts by the operator's bank, for its staff: files of them, and what came back."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import asked_again
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Payout, PayoutFile
from vitrine.orders.payouts import files, paying, returning
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.desk.money_forms import BounceForm, ReturnsForm

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
def listing(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the bank and the files so far; POST makes the next one. Queries: 3."""
    if request.method == "POST":
        return _make(request)
    return _listing(request, ReturnsForm())


def _listing(request: SignedInRequest, form: ReturnsForm, status: int = 200) -> HttpResponse:
    count, total = files.total_waiting()
    context = {
        "count": count,
        "total_minor": total,
        "currency": this_cell().currency,
        "files": PayoutFile.objects.select_related("by").order_by("-number")[:SHOWN],
        "form": form,
    }
    return render(request, "desk/payouts.html", context, status=status)


@asked_again
def _make(request: SignedInRequest) -> HttpResponse:
    made = files.make(by=request.user, at=timezone.now())
    return redirect("desk:batch", made.public_id)


@require_safe
@access.policy(access.STAFF)
def batch(request: SignedInRequest, file_id: str) -> HttpResponse:
    """Show a file's payouts, by the names that the bank knows them by. Queries: 4."""
    found = get_object_or_404(PayoutFile.objects.select_related("by"), public_id=file_id)
    return _batch(request, found, BounceForm())


def _batch(
    request: SignedInRequest, found: PayoutFile, form: BounceForm, at: Payout | None = None
) -> HttpResponse:
    payouts = found.payouts.select_related("bank").order_by("pk")
    context = {
        "file": found,
        "payouts": [(files.reference(one), one, one == at) for one in payouts],
        "readings": found.readings.select_related("by").order_by("-pk")[:SHOWN],
        "currency": this_cell().currency,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/batch.html", context, status=status)


@require_safe
@access.policy(access.STAFF)
@never_cache
def text(request: SignedInRequest, file_id: str) -> HttpResponse:
    """Send a file for the bank: the same bytes each time, and a note of who was given them."""
    found = get_object_or_404(PayoutFile.objects.exclude(sha256=None), public_id=file_id)
    return _text(request, found=found)


@asked_again
def _text(request: SignedInRequest, *, found: PayoutFile) -> HttpResponse:
    written = files.fetch(found, by=request.user, at=timezone.now())
    answer = HttpResponse(written, content_type="text/plain; charset=us-ascii")
    answer.headers["Content-Disposition"] = f'attachment; filename="{files.name(found)}"'
    return answer


@require_POST
@access.policy(access.STAFF)
def bounce(request: SignedInRequest, file_id: str, payout_id: str) -> HttpResponse:
    """POST says that a payout came back: its money is available again."""
    found = get_object_or_404(PayoutFile, public_id=file_id)
    payout = get_object_or_404(found.payouts, public_id=payout_id)
    form = BounceForm(request.POST)
    if not form.is_valid():
        return _batch(request, found, form, payout)
    paying.bounce(payout, reason=form.cleaned_data["reason"], at=timezone.now())
    messages.success(request, gettext("The money is available again, and its payee is told."))
    return redirect("desk:batch", file_id)


@require_POST
@access.policy(access.STAFF)
def returns(request: SignedInRequest) -> HttpResponse:
    """POST takes a bank's file of returns, all of it or nothing."""
    form = ReturnsForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            fresh, known = returning.take(form.cleaned_data["file"], at=timezone.now())
        except Refusal as refusal:
            form.add_error("file", refusal.text)
        else:
            said = ngettext("{count} payout came back", "{count} payouts came back", fresh)
            told = gettext("{known} were known before.").format(known=known)
            messages.success(request, f"{said.format(count=fresh)}. {told}")
            return redirect("desk:payouts")
    return _listing(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
