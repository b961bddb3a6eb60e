"""Statements of reasons, and the appeal against one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.models import Suspension
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel import paging
from vitrine.safety import appealing
from vitrine.safety.models import Decision, Strike
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import AppealForm

SHOWN = 30


@require_safe
@access.policy(access.PERSON)
def own(request: SignedInRequest) -> HttpResponse:
    """Show what was decided about what the person made, and what it counts. Queries: 3."""
    now = timezone.now()
    rows = Decision.objects.about(request.user).select_related("appeal", "case")
    found = paging.newest_first(rows, by="at", cursor=request.GET.get("after"), size=SHOWN)
    suspended = Suspension.objects.in_force(at=now).filter(person=request.user)
    context = {
        "decisions": found,
        "strikes": Strike.weighing_on(request.user, at=now),
        "suspension": suspended.order_by("-until").first(),
    }
    return render(request, "desk/statements.html", context)


@require_safe
@access.policy(access.OWNER)
def statement(request: SignedInRequest, decision_id: str) -> HttpResponse:
    """Show what was decided, why, by which rule, and how to appeal. Queries: 2."""
    return _statement(request, _theirs(request, decision_id), AppealForm(), HTTPStatus.OK)


@require_POST
@access.policy(access.OWNER)
@at_most(Action.APPEAL)
def appeal(request: SignedInRequest, decision_id: str) -> HttpResponse:
    """Ask for a second look by another moderator."""
    decision = _theirs(request, decision_id)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _statement(request, decision, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    appealing.appeal(decision, by=request.user, text=form.cleaned_data["text"], at=timezone.now())
    messages.success(request, gettext("Your appeal is in. Another moderator will look at it."))
    return redirect("statement", decision.public_id)


def _theirs(request: SignedInRequest, decision_id: str) -> Decision:
    rows = Decision.objects.shown_to(request.user)
    related = rows.select_related("case__appeal__decision", "appeal__second_look__decision")
    return get_object_or_404(related, public_id=decision_id)


def _statement(
    request: SignedInRequest, decision: Decision, form: AppealForm, status: int
) -> HttpResponse:
    now = timezone.now()
    appealed = getattr(decision, "appeal", None)
    second = getattr(getattr(appealed, "second_look", None), "decision", None)
    strike = Strike.objects.in_force(at=now).filter(decision=decision).first()
    context = {
        "decision": decision,
        "appeal": appealed,
        "second": second,
        "strike": strike,
        "may_appeal": not appealed
        and decision.case.appeal_id is None
        and decision.measure != "none"
        and now <= decision.appeal_until,
        "form": form,
    }
    return render(request, "desk/statement.html", context, status=status)
