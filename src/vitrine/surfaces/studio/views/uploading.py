"""Where a new clip begins. The bytes themselves go to ``/uploads/``."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.page import CreatorRequest


@require_GET
@access.policy(access.PERSON)
def new(request: CreatorRequest) -> HttpResponse:
    """Ask for a file, telling the limits first. Queries: 2, for the session."""
    return render(request, "studio/upload.html", {"limits": page.limits()})
