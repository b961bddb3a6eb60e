"""Campaigns: the list, a new one, and one with its groups and ads."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import campaigning, reaching, refusals, tokens
from vitrine.ads.budgeting import BidAboveBudget, BudgetSpent
from vitrine.ads.models import Campaign
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.promote import page, scope, selling, zones
from vitrine.surfaces.promote.ad_form import AdForm
from vitrine.surfaces.promote.campaign_form import AudienceForm, CampaignForm
from vitrine.surfaces.promote.credit_form import CreditForm
from vitrine.surfaces.promote.forms import refuse, refuse_bid
from vitrine.surfaces.promote.money_form import ChangeForm
from vitrine.surfaces.promote.scope import Account


@require_safe
@access.policy(access.MEMBER)
def home(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """List an advertiser's campaigns. Queries: 7."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    rows = page.campaigns(account.advertiser, at=timezone.now())
    context = {"account": account, "here": "home", "rows": rows}
    return render(request, "promote/home.html", context)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def new(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Make a campaign with its first group and ad. Queries: 4, and 5 more to make it."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    typed, now = request.POST if request.method == "POST" else None, timezone.now()
    form = CampaignForm(typed, at=now)
    audience = AudienceForm(typed, advertiser=account.advertiser, objective=form.objective_typed)
    ad = AdForm(typed, advertiser=account.advertiser, by=request.user)
    credit = CreditForm(typed, advertiser=account.advertiser)
    is_valid = [one.is_valid() for one in (form, audience, ad, credit)]  # each says what is wrong
    if request.method == "POST" and all(is_valid):
        plan = credit.added_to(form.plan)
        try:
            made = campaigning.make(
                account.advertiser, plan, audience.audience, ad.shown, by=request.user, at=now
            )
        except BidAboveBudget as refusal:
            refuse_bid(audience, refusal)
        except Refusal as refusal:
            ad.refuse(refusal)
        else:
            messages.success(request, gettext("The campaign waits for the review of its ad."))
            return redirect("promote:campaign", advertiser_id, made.public_id)
    forms = {"form": form, "audience": audience, "ad": ad, "credit": credit}
    context = {"account": account, "here": "home", **forms}
    return render(request, "promote/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def campaign(request: SignedInRequest, advertiser_id: str, campaign_id: str) -> HttpResponse:
    """Show a campaign with its groups and ads; POST changes what may be changed.

    Raises: Over, BudgetSpent. Queries: 10 or 11.
    """
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    found, now = campaign_of(account, campaign_id), timezone.now()
    if request.method == "GET":
        return _page(request, account, found, ChangeForm(of=found, at=now))
    if not account.runs_campaigns:
        raise Http404
    form = ChangeForm(request.POST, of=found, at=now)
    if form.is_valid():
        try:
            campaigning.change(found, **form.said, at=now)
        except (BudgetSpent, BidAboveBudget) as refusal:
            refuse(form, refusal)
        except refusals.EndsFirst as refusal:
            form.add_error("last_on", refusal.text)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("promote:campaign", advertiser_id, campaign_id)
    return _page(request, account, found, form)


@require_POST
@access.policy(access.MEMBER)
def standing(request: SignedInRequest, advertiser_id: str, campaign_id: str) -> HttpResponse:
    """Pause a campaign, resume it, or end it for good."""
    account = scope.account(request, advertiser_id, scope.CAMPAIGNS)
    found = campaign_of(account, campaign_id)
    match request.POST.get("standing"):
        case "pause":
            campaigning.pause(found, at=timezone.now())
        case "resume":
            campaigning.resume(found)
        case "end":
            campaigning.end(found, at=timezone.now())
    return redirect("promote:campaign", advertiser_id, campaign_id)


def campaign_of(account: Account, campaign_id: str) -> Campaign:
    """Return one of the advertiser's campaigns; of others: 404. Queries: 1."""
    rows = Campaign.objects.filter(advertiser=account.advertiser).select_related(
        "advertiser__wallet"
    )
    return get_object_or_404(rows, public_id=campaign_id)


def _page(
    request: SignedInRequest, account: Account, found: Campaign, form: ChangeForm
) -> HttpResponse:
    now = timezone.now()
    whole = page.whole(found, at=now)
    context = {
        "account": account,
        "here": "home",
        "campaign": found,
        "state": whole.state,
        "city": zones.city(found.zone),
        "groups": whole.groups,
        "people": reaching.people([found.pk]).get(found.pk, 0),
        "form": form,
        "goes_on_minutes": tokens.LIVES // timedelta(minutes=1),
        **selling.of(found, at=now),
    }
    return render(request, "promote/campaign.html", context, status=422 if form.is_bound else 200)
