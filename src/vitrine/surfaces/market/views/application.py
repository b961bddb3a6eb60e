"""A shop's application as its owners see it: who sells, the papers, and what was decided."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import applying, paper_answer, papers
from vitrine.catalog.models import Application, Document
from vitrine.kernel import storage
from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.application_form import ApplicationForm, DocumentForm
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def application(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the application; POST keeps all that was typed, and hands it in if asked to."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = Application.of(counter.merchant, by=request.user)
    form = ApplicationForm(typed(request), application=found)
    if request.method == "GET":
        return _page(request, counter, found, form)
    if not found.keep(form.typed(), form.typed_numbers()):
        raise papers.NotYours
    if "submit" not in request.POST:
        messages.success(request, gettext("Saved. Hand it in when it is complete."))
        return redirect("market:application", slug)
    if not form.is_valid():
        return _page(request, counter, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        applying.submit(found, by=request.user, at=timezone.now())
    except applying.WithoutPapers as refusal:
        form.add_error(None, refusal.text)
        return _page(request, counter, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, gettext("Handed in. A reviewer looks at it; you are told here."))
    return redirect("market:application", slug)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def documents(request: MemberRequest, slug: str) -> HttpResponse:
    """Add a paper."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = Application.of(counter.merchant, by=request.user)
    paper = DocumentForm(request.POST, request.FILES)
    if paper.is_valid():
        try:
            papers.send(
                found,
                paper.content(),
                kind=paper.cleaned_data["kind"],
                name=paper.cleaned_data["file"].name or "",
                at=timezone.now(),
            )
        except papers.PaperRefused as refusal:
            paper.add_error("file", refusal.text)
        else:
            messages.success(request, gettext("The paper is there."))
            return redirect("market:application", slug)
    form = ApplicationForm(application=found)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, counter, found, form, status, paper=paper)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def document(request: MemberRequest, slug: str, document_id: str) -> HttpResponse:
    """Send a paper back to those who sent it; POST with ``method=delete`` takes it away."""
    counter = scope.counter(request, slug, scope.OWNER)
    rows = Document.objects.filter(application__merchant=counter.merchant, removed_at=None)
    found = get_object_or_404(rows, public_id=document_id)
    if is_delete(request):
        papers.take_away(found, at=timezone.now())
        return redirect("market:application", slug)
    if request.method == "POST":
        return redirect("market:application", slug)
    try:
        return paper_answer.sent(found, storage.get(found.key))
    except storage.Missing:
        raise Http404 from None


def _page(
    request: MemberRequest,
    counter: Counter,
    found: Application,
    form: ApplicationForm,
    status: int = HTTPStatus.OK,
    *,
    paper: DocumentForm | None = None,
) -> HttpResponse:
    context = {
        "counter": counter,
        "here": "application",
        "application": found,
        "form": form,
        "paper": paper or DocumentForm(),
        "papers": found.documents.order_by("pk").prefetch_related("inspections"),
        "verdicts": list(found.verdicts.all()),
    }
    return render(request, "market/application.html", context, status=status)
