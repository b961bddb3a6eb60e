"""The bytes of clips: renditions and posters, captions, and originals for their owner.

A key is looked up, never followed: what has no row that the viewer may see does not exist.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vitrine.kernel import storage
from vitrine.sovereignty import access
from vitrine.videos import roots, serving
from vitrine.videos.models import Caption, Clip, Rendition, Sound, Viewer, Visibility


@require_safe
@access.policy(access.ANYONE)
def rendition(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Send a rendition or a poster to whoever may see its clip. Queries: 1 for public clips."""
    key = f"{roots.RENDITIONS}/{rest}"
    find = _picture if key.endswith(".webp") else _film
    # Anybody's question first: it needs no session, and nearly all clips are public.
    served = find(key, AnonymousUser()) or find(key, _viewer(request))
    if served is None:
        raise Http404
    return serving.respond(request, served)


@require_safe
@access.policy(access.ANYONE)
def cover(request: HttpRequest, clip_id: str, name: str) -> HttpResponseBase:
    """Send a cover to whoever may see its clip. Queries: 1 for public clips."""
    key = f"{roots.COVERS}/{clip_id}/{name}.webp"
    served = _picture(key, AnonymousUser()) or _picture(key, _viewer(request))
    if served is None:
        raise Http404
    return serving.respond(request, served)


def _film(key: str, viewer: Viewer) -> serving.Served | None:
    found = (
        Rendition.objects.filter(key=key, clip__in=Clip.objects.visible_to(viewer))
        .values_list("size", "sha256", "clip__visibility")
        .first()
    )
    if found is None:
        return None
    size, sha256, visibility = found
    return serving.Served(
        key,
        size,
        bytes(sha256).hex(),
        roots.content_type(key),
        _caching(visibility, viewer),
    )


def _picture(key: str, viewer: Viewer) -> serving.Served | None:
    # By the clip in the key, which has an index; what the key names is for the clip to say.
    clips = Clip.objects.visible_to(viewer).filter(public_id=key.split("/")[1])
    is_shown = Q(poster_key=key) | Q(cover_key=key)
    clip = clips.filter(is_shown).only("visibility").first()
    if clip is None:
        return None
    # The end of the key is random: key and content are one.
    etag = "-".join(key.split("/")[2:]).removesuffix(".webp")
    return serving.Served(
        key,
        storage.stat(key).size,
        etag,
        roots.content_type(key),
        _caching(clip.visibility, viewer),
    )


@require_safe
@access.policy(access.ANYONE)
def sound(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Send a clip's sound alone to whoever may see the clip. Queries: 1."""
    key = f"{roots.SOUNDS}/{rest}"
    served = _heard(key, _viewer(request))
    if served is None:
        raise Http404
    return serving.respond(request, served)


def _heard(key: str, viewer: Viewer) -> serving.Served | None:
    found = Sound.objects.heard_by(viewer).filter(key=key).select_related("origin").first()
    if found is None:
        return None
    return serving.Served(
        key,
        found.size,
        bytes(found.sha256 or b"").hex(),
        roots.content_type(key),
        _caching(found.origin.visibility, viewer),
    )


@require_safe
@access.policy(access.OWNER)
def original(request: HttpRequest, clip_id: str) -> HttpResponseBase:
    """Send creators what they sent us, as a download."""
    viewer = _viewer(request)
    if isinstance(viewer, AnonymousUser):
        raise Http404
    clip = get_object_or_404(
        Clip.objects.owned_by(viewer).exclude(original_key=""), public_id=clip_id
    )
    served = serving.Served(
        clip.original_key,
        clip.original_bytes,
        bytes(clip.original_sha256 or b"").hex(),
        "application/octet-stream",
        serving.OWN_EYES,
    )
    answer = serving.respond(request, served)
    answer["Content-Disposition"] = storage.attachment(clip.public_id)
    return answer


@require_safe
@access.policy(access.ANYONE)
def captions(request: HttpRequest, clip_id: str, language: str) -> HttpResponse:
    """Send the captions of a clip in one language."""
    clips = Clip.objects.visible_to(_viewer(request))
    caption = get_object_or_404(Caption, clip__in=clips, clip__public_id=clip_id, language=language)
    answer = HttpResponse(caption.webvtt, content_type=roots.content_type(".vtt"))
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _viewer(request: HttpRequest) -> Viewer:
    return request.user


def _caching(visibility: str, viewer: Viewer) -> str:
    """Let the world keep what it may see unasked; anything less stays with its viewer."""
    is_public = visibility == Visibility.PUBLIC and isinstance(viewer, AnonymousUser)
    return serving.FOREVER if is_public else serving.OWN_EYES
