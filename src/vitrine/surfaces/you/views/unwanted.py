"""What a viewer does not want, and how it is taken back. Visitors have it, too."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts import visitors
from vitrine.feed.models import Unwanted
from vitrine.sovereignty import access
from vitrine.surfaces.you import unwanted as reads


@require_safe
@access.policy(access.ANYONE)
def everything(request: HttpRequest) -> HttpResponse:
    """Show the clips, creators, topics, sounds and ads that the viewer does not want."""
    refused = reads.refusals(visitors.known(request), request.user)
    return render(request, "you/unwanted.html", {"refused": refused})


@require_http_methods(["POST", "DELETE"])
@access.policy(access.ANYONE)
def end(request: HttpRequest, unwanted_id: str) -> HttpResponse:
    """Take one of them back."""
    key = visitors.known(request) or ""
    get_object_or_404(Unwanted, viewer=key, public_id=unwanted_id).delete()
    messages.success(request, gettext("Taken back."))
    return redirect("you:unwanted")
