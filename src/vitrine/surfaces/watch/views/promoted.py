"""An ad of the feed: who paid for it, why somebody sees it, and wanting no more of it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts import visitors
from vitrine.ads import hiding, previewing
from vitrine.ads.models import Ad, Placement
from vitrine.feed.sources import Source
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.sovereignty import access
from vitrine.surfaces.watch import page
from vitrine.surfaces.watch.promoted import reasons
from vitrine.surfaces.watch.views.feed import ICONS, MODULES, NEVER_KEPT


@access.policy(access.ANYONE)
@require_safe
def about(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Say who paid for an ad, whom it is for, and what can be done about it; ``sheet``: a sheet."""
    named = ("clip__creator", "group__campaign__advertiser")
    found = get_object_or_404(Ad.objects.met().select_related(*named), public_id=ad_id)
    context = {
        "ad": found,
        "advertiser": found.group.campaign.advertiser,
        "reasons": list(reasons(found, _placement(request))),
        "placement": _placement(request),
    }
    part = "#sheet" if "sheet" in request.GET else ""
    return render(request, f"watch/ad.html{part}", context)


def _placement(request: HttpRequest) -> Placement:
    """Return where somebody who asks met the ad; in the feed where they do not say."""
    is_found = request.GET.get("placement") == Placement.SEARCH
    return Placement.SEARCH if is_found else Placement.FEED


@access.policy(access.HOLDER)
@require_safe
@NEVER_KEPT
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """Show an ad in the feed as viewers will see it, before it is sent to review."""
    now = timezone.now()
    ad = previewing.held_by(key, at=now)
    if ad is None:
        raise Http404
    viewer, _ = visitors.welcomed(request)
    slate = page.preview(ad, page.Showing(viewer, Source.LINK, now))
    context = {"icons": ICONS, "modules": MODULES, "title": gettext("Preview"), "slate": slate}
    return render(request, "watch/feed.html", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.ANYONE)
def hidden(request: HttpRequest, ad_id: str) -> HttpResponse:
    """POST: no more of this ad; DELETE, or a form's ``method``: it is an ad as any other again."""
    found = get_object_or_404(Ad, public_id=ad_id)
    key, is_new = visitors.welcomed(request)
    if is_delete(request):
        hiding.unhide(found, viewer=key)
        messages.success(request, gettext("Taken back."))
        return HttpResponseRedirect("/unwanted")
    hiding.hide(found, viewer=key, at=timezone.now())
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if not wants_fragment(request):
        response = HttpResponseRedirect("/")
    if is_new:
        visitors.remember(response, key)
    return response
