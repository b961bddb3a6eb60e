"""The profile page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vitrine.sovereignty import access
from vitrine.surfaces.watch import page


@access.policy(access.ANYONE)
@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a creator and their clips; to nobody with whom there is a block. Queries: 2."""
    viewer = request.user
    creator = page.creator(handle, viewer)
    if creator is None:
        raise Http404
    context = {
        "creator": creator,
        "person": creator.person,
        "clips": page.profile_clips(creator.person, viewer, cursor=request.GET.get("cursor")),
        "is_own": viewer == creator.person,
    }
    return render(request, "watch/profile.html", context)
