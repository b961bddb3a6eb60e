"""Letting advertisers show a clip as an ad, and taking that back."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.ads import authorising
from vitrine.ads.models import Authorisation
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.page import CreatorRequest


@require_http_methods(["GET", "POST"])
@access.policy(access.OWNER)
@at_most(Action.WRITE)
def listing(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show who advertises with a clip, and links that can be taken up; POST makes one more.

    Raises: NotForEverybody, TooManyOpen. Queries: 5, or 4 to make one.
    """
    clip = page.own_clip(request, clip_id)
    if request.method == "POST":
        authorising.give(clip, at=timezone.now())
        messages.success(request, gettext("The link is there. Send it to the advertiser."))
        return redirect("studio:advertising", clip_id)
    given = Authorisation.objects.filter(clip=clip, revoked_at=None).select_related("advertiser")
    context = {
        "clip": clip,
        "origin": settings.VITRINE_ORIGIN,
        "share_bp": authorising.share_bp(),
        "taken": given.filter(taken_at__isnull=False).order_by("pk"),
        "open": given.open(at=timezone.now()).order_by("pk"),
    }
    return render(request, "studio/advertising.html", context)


@require_POST
@access.policy(access.OWNER)
def revoked(request: CreatorRequest, clip_id: str, authorisation_id: str) -> HttpResponse:
    """Take an authorisation back: its ads are shown no more."""
    clip = page.own_clip(request, clip_id)
    found = get_object_or_404(Authorisation, clip=clip, public_id=authorisation_id)
    authorising.revoke(found, at=timezone.now())
    messages.success(request, gettext("It is taken back. It is shown as an ad no more."))
    return redirect("studio:advertising", clip_id)
