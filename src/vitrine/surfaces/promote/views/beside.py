"""Beside which clips an advertiser's ads do not stand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import beside
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.beside_form import BesideForm


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def avoided(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show what its ads avoid to stand beside; POST changes it. Queries: 3."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    typed = request.POST if request.method == "POST" else None
    form = BesideForm(typed, of=account.advertiser)
    if form.is_valid():
        beside.put(account.advertiser, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("promote:beside", advertiser_id)
    context = {"account": account, "here": "beside", "form": form}
    return render(request, "promote/beside.html", context, status=422 if form.is_bound else 200)
