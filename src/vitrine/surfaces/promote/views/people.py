"""Who may act for an advertiser."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import opening
from vitrine.ads.models import AdMember, AdRole
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.forms import MemberForm
from vitrine.surfaces.promote.scope import Account


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def listing(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show who acts for it; POST lets one more in, or with ``method=delete`` one go. Queries: 2."""
    account = scope.account(request, advertiser_id, scope.OWNER)
    if request.method == "GET":
        return _page(request, account, MemberForm())
    if is_delete(request):
        return _let_go(request, account)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, account, form)
    person, role = form.cleaned_data["handle"], AdRole(form.cleaned_data["role"])
    try:
        opening.let_in(account.advertiser, person, role, by=request.user, at=timezone.now())
    except Refusal as refusal:
        form.add_error("role", refusal.text)
        return _page(request, account, form)
    said = gettext("@{handle} can act for {name} now.")
    messages.success(request, said.format(handle=person.handle, name=account.advertiser.name))
    return redirect("promote:people", advertiser_id)


def _let_go(request: SignedInRequest, account: Account) -> HttpResponse:
    members = AdMember.objects.filter(advertiser=account.advertiser).select_related("person")
    found = members.filter(person__handle=request.POST.get("handle", "")).first()
    if found is not None:
        try:
            opening.let_go(account.advertiser, found.person)
        except Refusal as refusal:
            messages.error(request, refusal.text)
        else:
            if found.person == request.user:
                return redirect("promote:accounts")
    return redirect("promote:people", account.advertiser.public_id)


def _page(request: SignedInRequest, account: Account, form: MemberForm) -> HttpResponse:
    members = AdMember.objects.filter(advertiser=account.advertiser).select_related("person")
    context = {
        "account": account,
        "here": "people",
        "form": form,
        "members": members.order_by("person__handle"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "promote/people.html", context, status=status)
