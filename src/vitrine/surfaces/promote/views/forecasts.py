"""What to expect of what is typed into the forms of campaigns, groups and boosts."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads import planning
from vitrine.ads.campaigning import Audience
from vitrine.ads.models import Billed, Objective
from vitrine.sovereignty import access
from vitrine.surfaces.promote import expecting, scope
from vitrine.surfaces.promote.campaign_form import AudienceForm, CampaignForm
from vitrine.surfaces.promote.forms import BoostForm
from vitrine.surfaces.promote.views.campaigns import campaign_of
from vitrine.videos.models import Clip

DAY = timedelta(days=1)


@require_POST
@access.policy(access.MEMBER)
def campaign(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Say what a campaign that is typed may come to. Queries: 4 or 5."""
    account, now = scope.account(request, advertiser_id, scope.CAMPAIGNS), timezone.now()
    form = CampaignForm(request.POST, at=now)
    form.is_valid()  # what is wrong elsewhere is no matter here
    said = form.cleaned_data
    days = _days(now, form.ends_at if said.get("last_on") else None)
    daily = _daily(said.get("daily_minor"), said.get("budget_minor"), days)
    audience = AudienceForm(
        request.POST, advertiser=account.advertiser, objective=form.objective_typed
    )
    return _answer(audience, daily, merchant=account.advertiser.merchant_id, at=now)


@require_POST
@access.policy(access.MEMBER)
def group(request: SignedInRequest, advertiser_id: str, campaign_id: str) -> HttpResponse:
    """Say what a campaign may come to with a group that is typed. Queries: 5 or 6."""
    account, now = scope.account(request, advertiser_id, scope.CAMPAIGNS), timezone.now()
    of = campaign_of(account, campaign_id)
    daily = _daily(of.daily_minor, of.budget_minor, _days(now, of.ends_at))
    audience = AudienceForm(
        request.POST, advertiser=account.advertiser, objective=Objective(of.objective)
    )
    return _answer(audience, daily, merchant=account.advertiser.merchant_id, at=now)


@require_POST
@access.policy(access.OWNER)
def boost(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Say what a boost that is typed may come to. Queries: 4."""
    get_object_or_404(Clip.objects.owned_by(request.user), public_id=clip_id)
    form = BoostForm(request.POST)
    form.is_valid()
    daily = form.cleaned_data.get("daily_minor")
    if daily is None:
        return _said(_no_money())
    if form.cleaned_data.get("objective", Objective.VIEWS).sells:
        return _said(expecting.orders())
    now = timezone.now()
    return _said(expecting.told(Audience(), Billed.VIEW, merchant=None, daily_minor=daily, at=now))


def _answer(
    form: AudienceForm, daily: int | None, *, merchant: int | None, at: datetime
) -> HttpResponse:
    if daily is None:
        return _said(_no_money())
    if not form.is_valid():
        return _said(gettext("Of whom it is for, something cannot be as it is typed."))
    if form.objective.sells:
        return _said(expecting.orders())
    return _said(
        expecting.told(form.audience, form.pays_for, merchant=merchant, daily_minor=daily, at=at)
    )


def _no_money() -> str:
    return gettext("Say what it may cost, and here is what to expect.")


def _said(text: str) -> HttpResponse:
    return HttpResponse(escape(text))


def _days(now: datetime, ends_at: datetime | None) -> float:
    """Return for how many days money has to last."""
    return max((ends_at - now) / DAY, 1.0) if ends_at else planning.LASTS / DAY


def _daily(daily: int | None, whole: int | None, days: float) -> int | None:
    """Return what may be spent on a day, by whichever of the two is less."""
    bounds = [daily, None if whole is None else int(whole / days)]
    return min((bound for bound in bounds if bound is not None), default=None)
