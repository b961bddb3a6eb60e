"""Groups of ads and the ads in them: adding, changing, pausing, and an ad as viewers see it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import campaigning, obstacles, previewing, refusals
from vitrine.ads.budgeting import BidAboveBudget
from vitrine.ads.campaigning import Shown
from vitrine.ads.models import Ad, AdGroup, Call, Campaign, Objective
from vitrine.kernel.errors import Refusal
from vitrine.safety.models import Decision
from vitrine.search import beside
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope, state
from vitrine.surfaces.promote.ad_form import AdForm
from vitrine.surfaces.promote.campaign_form import GroupForm
from vitrine.surfaces.promote.forms import refuse_bid
from vitrine.surfaces.promote.scope import Account
from vitrine.surfaces.promote.views.campaigns import campaign_of
from vitrine.videos.models.clip import film_of


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def new(request: SignedInRequest, advertiser_id: str, campaign_id: str) -> HttpResponse:
    """Add a group to a campaign. Queries: 2, and 1 more to add it."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    of = campaign_of(account, campaign_id)
    typed = request.POST if request.method == "POST" else None
    form = _form(of, typed)
    if request.method == "POST" and form.is_valid():
        try:
            name, now = form.cleaned_data["group_name"], timezone.now()
            made = campaigning.add_group(of, name, form.audience, at=now)
        except BidAboveBudget as refusal:
            refuse_bid(form, refusal)
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, gettext("The group is there. Now add an ad."))
            return redirect("promote:group", advertiser_id, made.public_id)
    return _group(request, account, {"campaign": of, "form": form}, is_wrong=form.is_bound)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def group(request: SignedInRequest, advertiser_id: str, group_id: str) -> HttpResponse:
    """Show whom a group is for, and add ads; POST changes whom it is for. Queries: 4."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    found = _group_of(account, group_id)
    typed = request.POST if request.method == "POST" else None
    form = GroupForm(
        typed,
        advertiser=account.advertiser,
        objective=Objective(found.campaign.objective),
        of=found,
    )
    if request.method == "POST" and form.is_valid():
        try:
            name, now = form.cleaned_data["group_name"], timezone.now()
            waits = campaigning.change_group(found, name, form.audience, at=now)
        except refusals.NeedsProduct:
            said = gettext("It has ads that lead to no product. Leave the feed chosen for them.")
            form.add_error("placements", said)
        except BidAboveBudget as refusal:
            refuse_bid(form, refusal)
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            said = gettext("Saved. It is for more people now, so its ads wait for review again.")
            messages.success(request, said if waits else gettext("Saved."))
            return redirect("promote:campaign", advertiser_id, found.campaign.public_id)
    ad = AdForm(advertiser=account.advertiser, by=request.user)
    context = {"campaign": found.campaign, "group": found, "form": form, "ad": ad}
    return _group(request, account, context, is_wrong=form.is_bound)


@require_POST
@access.policy(access.MEMBER)
def group_standing(request: SignedInRequest, advertiser_id: str, group_id: str) -> HttpResponse:
    """Pause a group, or resume it."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    found = _group_of(account, group_id)
    _pause_or_resume(request, found)
    return redirect("promote:campaign", advertiser_id, found.campaign.public_id)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def new_ad(request: SignedInRequest, advertiser_id: str, group_id: str) -> HttpResponse:
    """Add an ad to a group; it waits for review."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    found = _group_of(account, group_id)
    ad = AdForm(request.POST, advertiser=account.advertiser, by=request.user)
    if ad.is_valid():
        try:
            campaigning.add_ad(found, ad.shown, by=request.user, at=timezone.now())
        except Refusal as refusal:
            ad.refuse(refusal)
        else:
            messages.success(request, gettext("The ad waits for review."))
            return redirect("promote:campaign", advertiser_id, found.campaign.public_id)
    form = GroupForm(
        advertiser=account.advertiser, objective=Objective(found.campaign.objective), of=found
    )
    context = {"campaign": found.campaign, "group": found, "form": form, "ad": ad}
    return _group(request, account, context, is_wrong=True)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def preview(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Ask what an ad is to show; POST opens it in the feed as viewers will see it. Queries: 3."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    typed = request.POST if request.method == "POST" else None
    form = AdForm(typed, advertiser=account.advertiser, by=request.user)
    if form.is_bound and form.is_valid():
        return redirect(previewing.path(account.advertiser.name, form.shown, at=timezone.now()))
    context = {"account": account, "here": "home", "form": form}
    return render(request, "promote/seen.html", context, status=422 if form.is_bound else 200)


@require_safe
@access.policy(access.MEMBER)
def ad(request: SignedInRequest, advertiser_id: str, ad_id: str) -> HttpResponse:
    """Show an ad as viewers see it, and what reviewers said of it. Queries: 4 to 6."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    found, now = _ad_of(account, ad_id), timezone.now()
    shown = Shown(found.clip, found.product, Call(found.call))
    context = {
        "account": account,
        "seen": previewing.path(account.advertiser.name, shown, at=now),
        "listed": beside.listed(found, at=now) if found.group.is_in_search else None,
        "here": "home",
        "campaign": found.group.campaign,
        "state": state.of_ad(found),
        "ad": found,
        "film": film_of(found.clip.renditions.all()),
        "stopped": Decision.objects.that_hide(found).first() if found.withheld_at else None,
        "verdicts": list(found.verdicts.order_by("-pk")),
    }
    return render(request, "promote/ad.html", context)


@require_POST
@access.policy(access.MEMBER)
def ad_standing(request: SignedInRequest, advertiser_id: str, ad_id: str) -> HttpResponse:
    """Pause an ad, or resume it."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    found = _ad_of(account, ad_id)
    _pause_or_resume(request, found)
    return redirect("promote:campaign", advertiser_id, found.group.campaign.public_id)


def _form(campaign: Campaign, typed: Any = None, *, group: AdGroup | None = None) -> GroupForm:
    objective = Objective(campaign.objective)
    return GroupForm(typed, advertiser=campaign.advertiser, objective=objective, of=group)


def _pause_or_resume(request: SignedInRequest, thing: AdGroup | Ad) -> None:
    if request.POST.get("standing") == "resume":
        campaigning.resume(thing)
    else:
        campaigning.pause(thing, at=timezone.now())


def _group_of(account: Account, group_id: str) -> AdGroup:
    rows = AdGroup.objects.filter(campaign__advertiser=account.advertiser)
    found = rows.select_related("campaign__advertiser").filter(public_id=group_id).first()
    if found is None:
        raise Http404
    return found


def _ad_of(account: Account, ad_id: str) -> Ad:
    rows = Ad.objects.filter(group__campaign__advertiser=account.advertiser).with_standing()
    named = obstacles.told(rows).select_related(
        "group__campaign__advertiser", "clip__creator", "product"
    )
    return get_object_or_404(named, public_id=ad_id)


def _group(
    request: SignedInRequest, account: Account, context: Mapping[str, Any], *, is_wrong: bool
) -> HttpResponse:
    shown = {"account": account, "here": "home", **context}
    return render(request, "promote/group.html", shown, status=422 if is_wrong else 200)
