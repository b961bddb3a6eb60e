"""Reconciliation for the operator's staff: providers' reports beside what was posted."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, F, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.orders import stranding
from vitrine.orders.models import LineState, ProviderReport, ReportLine, StrandedRefund
from vitrine.orders.reconciling import forms, taking
from vitrine.orders.reconciling.reading import Fault
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.desk.money_forms import ExplanationForm, GivenForm, ReportForm

OF_WHAT = ("move__order", "card_move__sale", "deposit_move__deposit")
SHOWN = 50
LINES = 200
SPAN = timedelta(days=31)
UNSETTLED = Q(all_lines__explained_at=None) & ~Q(all_lines__state=LineState.MATCHED)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
def listing(request: SignedInRequest) -> HttpResponse:
    """Show the reports so far; POST takes one, all of it or nothing. Queries: 2."""
    if request.method != "POST":
        return _listing(request, ReportForm())
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _listing(request, form)
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        made = taking.take(
            file, provider=form.cleaned_data["provider"], name=file.name or "", by=request.user,
            at=timezone.now(),
        )  # fmt: skip
    except taking.BadReport as bad:
        form.add_error("file", bad.text)
        return _listing(request, form, bad.faults)
    return redirect("desk:report", made.public_id)


@require_POST
@access.policy(access.STAFF)
def stranded(request: SignedInRequest, stranded_id: str) -> HttpResponse:
    """Say how a buyer got what their bank had sent back. Raises: GivenAlready."""
    found = get_object_or_404(StrandedRefund, public_id=stranded_id)
    form = GivenForm(request.POST)
    if not form.is_valid():
        return _listing(request, ReportForm(), given=form, wrong=stranded_id)
    stranding.give(found, form.cleaned_data["how"], by=request.user, at=timezone.now())
    messages.success(request, gettext("Saved."))
    return redirect("desk:reconciliation")


def _listing(
    request: SignedInRequest,
    form: ReportForm,
    faults: Sequence[Fault] = (),
    given: GivenForm | None = None,
    wrong: str = "",
) -> HttpResponse:
    found = ProviderReport.objects.select_related("by")
    context = {
        "reports": found.annotate(unsettled=Count("all_lines", UNSETTLED)).order_by("-pk")[:SHOWN],
        "form": form,
        "faults": faults,
        "stranded": StrandedRefund.objects.owed().select_related(*OF_WHAT)[:SHOWN],
        "given": given,
        "wrong": wrong,
    }
    is_wrong = form.is_bound or given is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "desk/reconciliation.html", context, status=status)


@require_safe
@access.policy(access.STAFF)
def test_bank(request: SignedInRequest) -> StreamingHttpResponse:
    """Send the test bank's own report of the last 31 days."""
    now = timezone.now()
    text = forms.sandbox_report(since=now - SPAN, until=now)
    answer = StreamingHttpResponse(text, content_type="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="test-bank.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
def report(request: SignedInRequest, report_id: str) -> HttpResponse:
    """Show what a report and the books do not say alike; POST looks again. Queries: 4."""
    found = get_object_or_404(ProviderReport, public_id=report_id)
    if request.method == "POST":
        count = taking.match(found.provider)
        said = ngettext(
            "{count} more line is borne out.", "{count} more lines are borne out.", count
        )
        messages.success(request, said.format(count=count))
        return redirect("desk:report", report_id)
    return _report(request, found, ExplanationForm())


def _report(
    request: SignedInRequest, found: ProviderReport, form: ExplanationForm, row: int = 0
) -> HttpResponse:
    mine = ReportLine.objects.filter(report=found)
    kept = mine.exclude(state=LineState.MATCHED).select_related("explained_by")
    lines = list(kept.order_by(F("explained_at").asc(nulls_first=True), "row")[:LINES])
    context = {
        "report": found,
        "lines": lines,
        "matched": mine.filter(state=LineState.MATCHED).count(),
        "missing": taking.missing(found, most=LINES),
        "currency": this_cell().currency,
        "form": form,
        "wrong": row,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/report_of_provider.html", context, status=status)


@require_POST
@access.policy(access.STAFF)
def line(request: SignedInRequest, report_id: str, row: int) -> HttpResponse:
    """POST explains a line in words."""
    found = get_object_or_404(ProviderReport, public_id=report_id)
    one = get_object_or_404(found.all_lines, row=row)
    form = ExplanationForm(request.POST)
    if not form.is_valid():
        return _report(request, found, form, row)
    taking.explain(one, form.cleaned_data["words"], by=request.user, at=timezone.now())
    messages.success(request, gettext("Saved."))
    return redirect("desk:report", report_id)
