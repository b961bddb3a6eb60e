"""What viewers say that they do not want."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts import visitors
from vitrine.feed import watching
from vitrine.feed.models import Unwanted
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.sovereignty import access
from vitrine.surfaces.watch import wanting
from vitrine.surfaces.watch.forms import DisinterestForm
from vitrine.surfaces.watch.views.clip import visible
from vitrine.videos.models import Clip


@require_http_methods(["POST", "DELETE"])
@access.policy(access.ANYONE)
def disinterest(request: HttpRequest, clip_id: str) -> HttpResponse:
    """POST: no more of the clip, or of its creator, a topic or its sound; DELETE: the clip again.

    What it is about stands in the address: the same for our scripts and for a form's button.
    """
    shown = visible(request, clip_id)
    key, is_new = visitors.welcomed(request)
    if is_delete(request):
        watching.unhide(shown, key=key)
        messages.success(request, gettext("Taken back."))
        return HttpResponseRedirect("/unwanted")
    form = DisinterestForm(request.GET)
    if not form.is_valid():
        raise Http404
    _refuse(shown, form.cleaned_data["what"], form.cleaned_data["topic"], key=key)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if not wants_fragment(request):
        response = HttpResponseRedirect("/")
    if is_new:
        visitors.remember(response, key)
    return response


def _refuse(shown: Clip, what: str, topic: str, *, key: str) -> None:
    """Note it, if the clip has that. Raises: Http404."""
    at = timezone.now()
    if what == "creator":
        Unwanted.put(viewer=key, creator=shown.creator, at=at)
        return
    if what not in ("topic", "sound"):
        watching.hide(shown, key=key, at=at)
        return
    has = wanting.refusable(shown)
    if what == "topic" and topic in has.topics:
        Unwanted.put(viewer=key, topic=topic, at=at)
    elif what == "sound" and has.sound_of:
        Unwanted.put(viewer=key, sound_of_id=has.sound_of, at=at)
    else:
        raise Http404
