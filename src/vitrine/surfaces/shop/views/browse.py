"""The shop's list: everything on sale, by category, by what it is like, by words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.sovereignty import access
from vitrine.surfaces.shop import shelves


@require_safe
@access.policy(access.ANYONE)
def browse(request: HttpRequest) -> HttpResponse:
    """List what is on sale and fits what was asked for. Queries: 1 to 4, and 1 for a session."""
    found = shelves.browse(request.GET, at=timezone.now())
    return render(request, "shop/browse.html", {"list": found})
