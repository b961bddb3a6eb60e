"""Boosting a clip: from the clip to a running campaign in one step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import campaigning, obstacles, opening, previewing, refusals
from vitrine.kernel.errors import Refusal
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders import wallets
from vitrine.sovereignty import access
from vitrine.surfaces.promote.forms import BoostForm
from vitrine.videos.models import Clip


@require_http_methods(["GET", "POST"])
@access.policy(access.OWNER)
@at_most(Action.WRITE)
def boost(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Ask how much and how long; POST shows the clip to more people, after its review."""
    clip = get_object_or_404(Clip.objects.owned_by(request.user), public_id=clip_id)
    form = BoostForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        said = form.cleaned_data
        try:
            advertiser = opening.own_account(request.user, at=now)
            made = campaigning.boost(advertiser, clip, **said, by=request.user, at=now)
        except refusals.SellsNothing:
            form.add_error("objective", gettext("Nothing that is on sale is on this clip."))
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            if wallets.free_micros(advertiser.wallet) >= said["daily_minor"] * MICROS_PER_MINOR:
                messages.success(request, gettext("It is on its way to review."))
                return redirect("promote:campaign", advertiser.public_id, made.public_id)
            messages.success(
                request, gettext("It is on its way to review. Pay in what it may cost.")
            )
            return redirect("promote:money", advertiser.public_id)
    status, shown = 422 if form.is_bound else 200, campaigning.boosted(clip)
    context = {"form": form, "clip": clip, "product": shown.product}
    if obstacles.of_clip(clip) is None:
        payer = opening.own_name(request.user)
        context["seen"] = previewing.path(payer, shown, at=timezone.now())
    return render(request, "promote/boost.html", context, status=status)
