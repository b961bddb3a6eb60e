"""Bringing in a catalogue from another shop, and the report of it."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.catalog import import_uploads, importing
from vitrine.catalog.models import ImportReport
from vitrine.safety import tasks
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope
from vitrine.surfaces.market.forms import ImportForm
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import files_sent, typed

STUCK_AFTER = timedelta(hours=2)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show past imports; POST takes a file and imports it in the background. Queries: 2."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    form = ImportForm(typed(request), files_sent(request))
    if request.method == "POST" and form.is_valid():
        report = _begin(request, counter, form)
        messages.success(
            request, gettext("The file is here. Products appear while it is being read.")
        )
        return redirect("market:import", slug, report.public_id)
    context = {
        "counter": counter,
        "here": "imports",
        "form": form,
        "imports": page.imports(counter.merchant),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "market/imports.html", context, status=status)


def _begin(request: MemberRequest, counter: Counter, form: ImportForm) -> ImportReport:
    feed, pictures = form.cleaned_data["feed"], form.cleaned_data["pictures"]
    with transaction.atomic():
        report = importing.start(
            counter.merchant, filename=feed.name or "feed", by=request.user, at=timezone.now()
        )
        import_uploads.keep(
            report, feed.chunks(), pictures=None if pictures is None else pictures.chunks()
        )
        tasks.import_feed.defer(report_id=report.pk)
    return report


@require_GET
@access.policy(access.MEMBER)
def report(request: MemberRequest, slug: str, report_id: str) -> HttpResponse:
    """Show what an import did, and every remark with its row. Queries: 5."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    found = get_object_or_404(ImportReport, merchant=counter.merchant, public_id=report_id)
    remarks = found.remarks.order_by("row", "pk")
    only = request.GET.get("only", "")
    if only in ("error", "note"):
        remarks = remarks.filter(severity=only)
    context = {
        "counter": counter,
        "here": "imports",
        "report": found,
        "remarks": Paginator(remarks, page.REMARKS_A_PAGE).get_page(request.GET.get("page")),
        "errors": found.remarks.filter(severity="error").count(),
        "only": only,
        "is_stuck": found.finished_at is None and found.started_at < timezone.now() - STUCK_AFTER,
    }
    template = "market/import.html#progress" if request.htmx else "market/import.html"  # type: ignore[attr-defined]
    return render(request, template, context)
