"""A person's accounts as an advertiser, opening one, and its name."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import opening
from vitrine.ads.models import Advertiser
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.forms import NameForm, OpenForm


@require_GET
@access.policy(access.PERSON)
def accounts(request: SignedInRequest) -> HttpResponse:
    """List whom the person advertises for; one alone is opened at once. Queries: 1."""
    found = list(Advertiser.objects.with_member(request.user).order_by("name"))
    if len(found) == 1:
        return redirect("promote:home", found[0].public_id)
    return render(request, "promote/accounts.html", {"accounts": found})


@require_http_methods(["GET", "POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def opened(request: SignedInRequest) -> HttpResponse:
    """Open an account. Queries: 2, and 2 more to open it."""
    form = OpenForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = opening.open_account(**form.opens, by=request.user, at=timezone.now())
        except Refusal as refusal:
            form.add_error("whose", refusal.text)
        else:
            messages.success(request, gettext("The account is open. Make a campaign."))
            return redirect("promote:home", made.public_id)
    status = 422 if form.is_bound else 200
    return render(request, "promote/open.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def name(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show by which name viewers know an account; POST gives it another. Queries: 1, or 3."""
    account = scope.account(request, advertiser_id, scope.OWNER)
    known = {"advertiser_name": account.advertiser.name}
    form = NameForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        if form.has_changed():
            opening.rename(account.advertiser, form.cleaned_data["advertiser_name"])
        messages.success(request, gettext("Saved."))
        return redirect("promote:people", advertiser_id)
    context = {"account": account, "here": "people", "form": form}
    return render(request, "promote/name.html", context, status=422 if form.is_bound else 200)
