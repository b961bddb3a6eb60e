"""Where a new clip begins. The bytes themselves go to ``/uploads/``."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from vitrine.sovereignty import access
from vitrine.surfaces.studio import making, page
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos import quota


@require_GET
@access.policy(access.PERSON)
def new(request: CreatorRequest) -> HttpResponse:
    """Ask for a file, telling the limits first, and what the clip is to be made with.

    Queries: 3, and 2 for the session; 2 more where it is made with another's.
    """
    left = quota.left(request.user, at=timezone.now())
    asked = making.asked_for(request.GET, request.user)
    told = {"limits": page.limits(left), "quota": left, "making": asked}
    return render(request, "studio/upload.html", told)


@csrf_exempt
@require_POST
@access.policy(access.ANYONE)
def shared(request: HttpRequest) -> HttpResponse:
    """Answer an app that shares a film where no service worker took it: nothing is read or done.

    The worker keeps the film on the device and never asks here (``watch/worker.js``).
    """
    messages.warning(request, gettext("The film did not come along. Choose it here once more."))
    return HttpResponseRedirect(reverse("studio:upload"))
