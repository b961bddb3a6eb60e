"""The applications of merchants: the queue, one at a time with its papers, and the verdict."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.catalog import applying, paper_answer, papers, verdicts
from vitrine.catalog.models import Application
from vitrine.catalog.verdicts import Outcome
from vitrine.kernel import storage
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import VerdictForm

SHOWN = 30


@require_safe
@access.policy(access.MODERATOR)
def queue(request: SignedInRequest) -> HttpResponse:
    """Open the application that waits longest, or say that none waits. Queries: 7."""
    now = timezone.now()
    for waiting in _waiting(request)[:SHOWN]:
        if waiting.lease(request.user, at=now):
            return _desk(request, waiting, VerdictForm(), HTTPStatus.OK)
    return render(request, "desk/application.html", {"queue": []})


@require_safe
@access.policy(access.MODERATOR)
def application(request: SignedInRequest, application_id: str) -> HttpResponse:
    """Open an application, and keep others from deciding it meanwhile. Queries: 7."""
    found = _submitted(request, application_id)
    if not found.lease(request.user, at=timezone.now()):
        raise applying.ApplicationLookedAt
    return _desk(request, found, VerdictForm(), HTTPStatus.OK)


@require_POST
@access.policy(access.MODERATOR)
def verdict(request: SignedInRequest, application_id: str) -> HttpResponse:
    """Decide, and go on to the next application."""
    found = get_object_or_404(
        Application.objects.select_related("merchant"), public_id=application_id
    )
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _desk(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    outcome = Outcome(said["measure"])
    applying.decide(
        found, by=request.user, outcome=outcome, reason=said["reason"], words=said["words"],
        at=timezone.now(),
    )  # fmt: skip
    done = gettext("{act}: {thing}.").format(act=outcome.heading, thing=found.merchant.name)
    messages.success(request, done)
    return redirect("desk:applications")


@require_safe
@access.policy(access.MODERATOR)
def paper(request: SignedInRequest, application_id: str, document_id: str) -> HttpResponse:
    """Send a paper to the reviewer who holds the application; that they read it is kept."""
    now = timezone.now()
    found = _submitted(request, application_id)
    kept = found.documents.filter(removed_at=None)
    document = get_object_or_404(kept, public_id=document_id)
    if not found.lease(request.user, at=now):
        raise applying.ApplicationLookedAt
    try:
        content = papers.read(document, by=request.user, at=now)
    except storage.Missing:
        raise Http404 from None
    return paper_answer.sent(document, content)


def _waiting(request: SignedInRequest) -> list[Application]:
    rows = Application.objects.waiting_for(request.user, at=timezone.now())
    return list(rows.select_related("merchant")[:SHOWN])


def _submitted(request: SignedInRequest, application_id: str) -> Application:
    rows = Application.objects.submitted().judgeable_by(request.user)
    return get_object_or_404(rows.select_related("merchant", "by"), public_id=application_id)


def _desk(
    request: SignedInRequest, found: Application, form: VerdictForm, status: int
) -> HttpResponse:
    waiting = _waiting(request)
    places = [each.pk for each in waiting]
    at = places.index(found.pk) if found.pk in places else 0
    context = {
        "queue": waiting,
        "application": found,
        "papers": list(found.documents.filter(removed_at=None).order_by("pk")),
        "verdicts": list(found.verdicts.select_related("by")),
        "before": waiting[at - 1] if at else None,
        "after": waiting[at + 1] if at + 1 < len(waiting) else None,
        "reasons": [(reason, " ".join(reason.allowed)) for reason in verdicts.REASONS.values()],
        "outcomes": list(Outcome),
        "form": form,
        "chosen": form["reason"].value() or "fits",
        "taken": form["measure"].value(),
    }
    return render(request, "desk/application.html", context, status=status)
