"""Where a new clip begins. The bytes themselves go to ``/uploads/``."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos import quota


@require_GET
@access.policy(access.PERSON)
def new(request: CreatorRequest) -> HttpResponse:
    """Ask for a file, telling the limits first. Queries: 3, and 2 for the session."""
    left = quota.left(request.user, at=timezone.now())
    told = {"limits": page.limits(left), "quota": left}
    return render(request, "studio/upload.html", told)
