"""What an advertiser's campaigns together may spend on a day, and who set that."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import budgeting
from vitrine.ads.budgeting import BudgetSpent
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.forms import LimitForm, refuse

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
@never_cache
def limit(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show what may be spent on a day; POST sets it, at once. Queries: 3, or 6 to set it."""
    account, now = scope.account(request, advertiser_id, scope.MONEY), timezone.now()
    form = LimitForm(request.POST if request.method == "POST" else None, of=account.advertiser)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data["daily_minor"]
        try:
            budgeting.limit_all(account.advertiser, daily_minor=said, by=request.user, at=now)
        except BudgetSpent as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Saved. It holds from now on."))
            return redirect("promote:limit", advertiser_id)
    limits = account.advertiser.limits.select_related("by").order_by("-pk")
    context = {
        "account": account,
        "here": "money",
        "form": form,
        "used_minor": budgeting.used_minor(account.advertiser, at=now),
        "limits": limits[:SHOWN],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "promote/limit.html", context, status=status)
