"""The platform's own gift cards and store credit, for the operator's staff."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import asked_again
from vitrine.orders import purses
from vitrine.orders.models import Purse, PurseKind
from vitrine.orders.purse_forms import GrantToForm, IssueForm
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import this_cell

MOST_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
@never_cache
def listing(request: SignedInRequest) -> HttpResponse:
    """Show the platform's cards and credit; POST issues a card and tells its code this once."""
    if request.method == "POST":
        return _issue(request)
    return _page(request, IssueForm(at=timezone.now()), GrantToForm())


@asked_again
def _issue(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    form, code = IssueForm(request.POST, at=now), ""
    if form.is_valid():
        _, code = purses.issue(**form.cleaned_data, merchant=None, by=request.user, at=now)
        form = IssueForm(at=now)
        if not code:
            messages.info(request, gettext("That card was issued before."))
    return _page(request, form, GrantToForm(), code)


@require_POST
@access.policy(access.STAFF)
def credit(request: SignedInRequest) -> HttpResponse:
    """Give somebody credit to spend everywhere, with a reason that they read."""
    return _grant(request)


@asked_again
def _grant(request: SignedInRequest) -> HttpResponse:
    form = GrantToForm(request.POST)
    if not form.is_valid():
        return _page(request, IssueForm(at=timezone.now()), form)
    said = form.cleaned_data
    purses.grant(
        form.person,
        said["amount_minor"],
        key=said["key"],
        merchant=None,
        by=request.user,
        at=timezone.now(),
        reason=said["reason"],
    )
    messages.success(request, gettext("Given. They read your reason beside it."))
    return redirect("desk:cards")


@require_POST
@access.policy(access.STAFF)
def stop(request: SignedInRequest, card_id: str) -> HttpResponse:
    """Let a lost card of the platform pay no more."""
    mine = Purse.objects.issued_by(None).filter(kind=PurseKind.CARD)
    purses.stop(get_object_or_404(mine, public_id=card_id), at=timezone.now())
    messages.success(request, gettext("Stopped. It pays no more."))
    return redirect("desk:cards")


def _page(
    request: SignedInRequest, form: IssueForm, grant: GrantToForm, code: str = ""
) -> HttpResponse:
    now = timezone.now()
    mine = (
        Purse.objects.issued_by(None)
        .select_related("person", "sale")
        .prefetch_related("sale__disputes")
    )
    context = {
        "form": form,
        "grant": grant,
        "code": code,
        "cards": [(one, one.is_over(now)) for one in mine[:MOST_SHOWN]],
        "currency": this_cell().currency,
        "stop_url": "desk:card_stop",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or grant.errors else HTTPStatus.OK
    return render(request, "desk/cards.html", context, status=status)
