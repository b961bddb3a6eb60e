"""Ads that wait for review: the queue, one at a time as viewers will see it, and the verdict."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads import reviewing
from vitrine.ads.models import Ad
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import AdVerdictForm
from vitrine.videos.models.clip import film_of

SHOWN = 30


@require_safe
@access.policy(access.MODERATOR)
def queue(request: SignedInRequest) -> HttpResponse:
    """Open the ad that waits longest, or say that none waits. Queries: 3."""
    first = Ad.objects.waiting().not_of(request.user).first()
    if first is None:
        return render(request, "desk/ad.html", {"queue": []})
    return _desk(request, first.public_id, AdVerdictForm(), HTTPStatus.OK)


@require_safe
@access.policy(access.MODERATOR)
def ad(request: SignedInRequest, ad_id: str) -> HttpResponse:
    """Open an ad. Queries: 4."""
    return _desk(request, ad_id, AdVerdictForm(), HTTPStatus.OK)


@require_POST
@access.policy(access.MODERATOR)
def verdict(request: SignedInRequest, ad_id: str) -> HttpResponse:
    """Approve or refuse an ad, and go on to the next one."""
    found = get_object_or_404(Ad, public_id=ad_id)
    form = AdVerdictForm(request.POST)
    if not form.is_valid():
        return _desk(request, ad_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    reviewing.judge(
        found,
        by=request.user,
        ground=reviewing.GROUNDS.get(form.cleaned_data["reason"]),
        words=form.cleaned_data["words"],
        at=timezone.now(),
    )
    messages.success(request, gettext("Decided."))
    return redirect("desk:ads")


def _desk(request: SignedInRequest, ad_id: str, form: AdVerdictForm, status: int) -> HttpResponse:
    names = ("clip__creator", "product", "group__campaign__advertiser")
    found = get_object_or_404(Ad.objects.select_related(*names), public_id=ad_id)
    waiting = list(Ad.objects.waiting().not_of(request.user).select_related(*names)[:SHOWN])
    places = [each.pk for each in waiting]
    at = places.index(found.pk) if found.pk in places else 0
    context = {
        "queue": waiting,
        "ad": found,
        "advertiser": found.group.campaign.advertiser,
        "film": film_of(found.clip.renditions.all()),
        "verdicts": list(found.verdicts.order_by("-pk")),
        "before": waiting[at - 1] if at else None,
        "after": waiting[at + 1] if at + 1 < len(waiting) else None,
        "grounds": reviewing.GROUNDS.values(),
        "form": form,
        "chosen": form["reason"].value() or reviewing.FITS,
        "taken": form["measure"].value(),
    }
    return render(request, "desk/ad.html", context, status=status)
