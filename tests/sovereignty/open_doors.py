"""URLs that break their own policies, to see the matrix find them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vitrine.sovereignty import access
from vitrine.urls import urlpatterns as real
from vitrine.videos.models import Clip


@access.policy(access.OWNER)
def anybodys_clip(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Forget to ask whose it is."""
    return HttpResponse(Clip.objects.get(public_id=clip_id).title)


@access.policy(access.OWNER)
def written_too_early(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Write before asking whose it is."""
    Clip.objects.filter(public_id=clip_id).update(title="mine now")
    return HttpResponse(status=404)


def unguarded(request: HttpRequest) -> HttpResponse:
    """Forget the door."""
    return HttpResponse("in")


unguarded.access_policy = access.PERSON  # type: ignore[attr-defined]

urlpatterns = [
    path("doors/<public_id:clip_id>/", anybodys_clip, name="anybodys_clip"),
    path("doors/<public_id:clip_id>/early/", written_too_early, name="written_too_early"),
    path("doors/", unguarded, name="unguarded"),
    *real,
]
