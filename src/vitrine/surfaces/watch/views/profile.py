"""The profile page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vitrine.sovereignty import access
from vitrine.surfaces.watch import page


@access.policy(access.ANYONE)
@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a creator and their clips; to nobody with whom there is a block. Queries: 2."""
    context = _of(request, handle)
    cursor = request.GET.get("cursor")
    context["clips"] = page.profile_clips(context["person"], request.user, cursor=cursor)
    return render(request, "watch/profile.html", context)


@access.policy(access.ANYONE)
@require_safe
def reposts(request: HttpRequest, handle: str) -> HttpResponse:
    """Show what somebody reposted, the latest first. Queries: 2."""
    context = _of(request, handle)
    cursor = request.GET.get("cursor")
    context["clips"] = page.profile_reposts(context["person"], request.user, cursor=cursor)
    return render(request, "watch/reposts.html", context)


@access.policy(access.ANYONE)
@require_safe
def collections(request: HttpRequest, handle: str) -> HttpResponse:
    """Show the collections that somebody opened to others. Queries: 2."""
    context = _of(request, handle)
    context["collections"] = page.profile_collections(context["person"], request.user)
    return render(request, "watch/profile_collections.html", context)


def _of(request: HttpRequest, handle: str) -> dict[str, Any]:
    creator = page.creator(handle, request.user)
    if creator is None:
        raise Http404
    person = creator.person
    return {"creator": creator, "person": person, "is_own": request.user == person}
