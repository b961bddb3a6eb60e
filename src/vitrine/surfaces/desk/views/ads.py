"""Ads that wait for review: the queue, one at a time as viewers will see it, and the verdict."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads import reviewing, wording
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
    return _desk(request, first.public_id)


@require_safe
@access.policy(access.MODERATOR)
def ad(request: SignedInRequest, ad_id: str) -> HttpResponse:
    """Open an ad. Queries: 4."""
    return _desk(request, ad_id)


@require_POST
@access.policy(access.MODERATOR)
def verdict(request: SignedInRequest, ad_id: str) -> HttpResponse:
    """Approve or refuse an ad, and go on to the next one."""
    found = get_object_or_404(Ad, public_id=ad_id)
    form = AdVerdictForm(request.POST)
    if not form.is_valid():
        return _desk(request, ad_id, form)
    said = form.cleaned_data
    found.digest = said["version"]
    try:
        reviewing.judge(
            found,
            by=request.user,
            ground=reviewing.GROUNDS.get(said["reason"]),
            words=said["words"],
            instead_of=said["instead_of"],
            at=timezone.now(),
        )
    except (reviewing.ChangedMeanwhile, reviewing.JudgedMeanwhile) as refusal:
        form.add_error(None, refusal.text)
        return _desk(request, ad_id, form)
    messages.success(request, gettext("Decided."))
    return redirect("desk:ads")


def _desk(request: SignedInRequest, ad_id: str, typed: AdVerdictForm | None = None) -> HttpResponse:
    names = ("clip__creator", "product", "group__campaign__advertiser")
    found = get_object_or_404(Ad.objects.select_related(*names), public_id=ad_id)
    waiting = list(Ad.objects.waiting().not_of(request.user).select_related(*names)[:SHOWN])
    places = [each.pk for each in waiting]
    at = places.index(found.pk) if found.pk in places else 0
    verdicts = list(found.verdicts.order_by("-pk"))
    form = typed or AdVerdictForm()
    context = {
        "queue": waiting,
        "ad": found,
        "advertiser": found.group.campaign.advertiser,
        "whom": list(wording.whom(found.group)),
        "minors": not found.group.is_profiled,
        "film": film_of(found.clip.renditions.all()),
        "verdicts": verdicts,
        "latest": next((each for each in verdicts if each.digest == found.digest), None),
        "before": waiting[at - 1] if at else None,
        "after": waiting[at + 1] if at + 1 < len(waiting) else None,
        "grounds": reviewing.GROUNDS.values(),
        "form": form,
        "chosen": form["reason"].value() or reviewing.FITS,
        "taken": form["measure"].value(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if typed else HTTPStatus.OK
    return render(request, "desk/ad.html", context, status=status)
