"""A sound's page, and what others made of a clip."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vitrine.sovereignty import access
from vitrine.surfaces.watch import remixes as reads
from vitrine.surfaces.watch.views.clip import visible


@access.policy(access.ANYONE)
@require_safe
def sound(request: HttpRequest, sound_id: str) -> HttpResponse:
    """Play a sound, and show the clips in which it is heard."""
    page = reads.sound_page(sound_id, request.user, cursor=request.GET.get("cursor"))
    if page is None:
        raise Http404
    return render(request, "watch/sound.html", {"page": page, "sound": page.sound})


@access.policy(access.ANYONE)
@require_safe
def remixes(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Show what others made of a clip: its sound used, duets, stitches."""
    clip = visible(request, clip_id)
    clips = reads.remixes(clip, request.user, cursor=request.GET.get("cursor"))
    return render(request, "watch/remixes.html", {"clip": clip, "clips": clips})
