"""Who works in a shop: inviting, roles, the log; and an invitation as whoever got it sees it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import joining
from vitrine.catalog.models import Invitation, MemberChange, Membership, Role
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.forms import InvitationForm, RoleForm
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed

LOGGED = 50


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who works here, who is invited, and the log; POST invites. Queries: 4."""
    counter = scope.counter(request, slug, scope.OWNER)
    form = InvitationForm(typed(request))
    if not form.is_valid():
        return _page(request, counter, form)
    joining.invite(
        counter.merchant, person=form.person, email=form.cleaned_data["whom"],
        role=Role(form.cleaned_data["role"]), by=request.user, at=timezone.now(),
    )  # fmt: skip
    messages.success(
        request, gettext("The invitation is on its way. It can be accepted for 14 days.")
    )
    return redirect("market:people", slug)


def _page(request: MemberRequest, counter: Counter, form: InvitationForm) -> HttpResponse:
    merchant = counter.merchant
    members = Membership.objects.filter(merchant=merchant).select_related("person")
    invited = Invitation.objects.open(at=timezone.now()).filter(merchant=merchant)
    log = MemberChange.objects.filter(merchant=merchant).select_related("person", "by")
    context = {
        "counter": counter,
        "here": "people",
        "form": form,
        "members": members.order_by("person__handle", "pk"),
        "invited": invited.select_related("person").order_by("pk"),
        "log": log[:LOGGED],
        "roles": Role.choices,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "market/people.html", context, status=status)


@require_POST
@access.policy(access.MEMBER)
def member(request: MemberRequest, slug: str) -> HttpResponse:
    """POST gives a member one more role; with ``method=delete`` it takes a role away."""
    counter = scope.counter(request, slug, scope.OWNER)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, counter, InvitationForm())
    rows = Membership.objects.filter(merchant=counter.merchant).select_related("person")
    found = rows.filter(person__handle=form.cleaned_data["handle"]).first()
    if found is None:
        return redirect("market:people", slug)
    change = joining.take if is_delete(request) else joining.give
    role = Role(form.cleaned_data["role"])
    try:
        change(counter.merchant, found.person, role, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.text)
    is_out = not Membership.objects.filter(merchant=counter.merchant, person=request.user).exists()
    return redirect("market:shops" if is_out else "market:people", *([] if is_out else [slug]))


@require_POST
@access.policy(access.MEMBER)
def invitation(request: MemberRequest, slug: str, invitation_id: str) -> HttpResponse:
    """Withdraw an invitation."""
    counter = scope.counter(request, slug, scope.OWNER)
    rows = Invitation.objects.filter(merchant=counter.merchant)
    get_object_or_404(rows, public_id=invitation_id).withdraw(at=timezone.now())
    return redirect("market:people", slug)


@require_http_methods(["GET", "POST"])
@access.policy(access.PERSON)
def offered(request: MemberRequest, key: str) -> HttpResponse:
    """Show an invitation to whom it is for; POST accepts it."""
    rows = Invitation.objects.held_by(key).meant_for(request.user).select_related("merchant", "by")
    found = get_object_or_404(rows)
    if request.method == "POST":
        joining.accept(found, by=request.user, at=timezone.now())
        said = gettext("You work in {name} now.").format(name=found.merchant.name)
        messages.success(request, said)
        return redirect("market:home", found.merchant.slug)
    is_open = Invitation.objects.open(at=timezone.now()).filter(pk=found.pk).exists()
    context = {"invitation": found, "is_open": is_open}
    return render(request, "market/invitation.html", context)
