"""The shop's list: everything on sale, by category, by what it is like, by words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from vitrine.accounts import visitors
from vitrine.sovereignty import access
from vitrine.surfaces.shop import shelves


@require_safe
@access.policy(access.ANYONE)
def browse(request: HttpRequest) -> HttpResponse:
    """List what is on sale and fits what was asked for. Queries: 1 to 4, and 1 for a session.

    With ads, which are one viewer's, it is kept by nobody.
    """
    found = shelves.browse(
        request.GET,
        request.user,
        key=visitors.known(request),
        language=get_language() or "",
        at=timezone.now(),
    )
    page = render(request, "shop/browse.html", {"list": found})
    if found.ads:
        patch_cache_control(page, private=True, no_cache=True)
    return page
