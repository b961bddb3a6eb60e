"""Passing a clip on: the share sheet, the player for other sites, and oEmbed."""

from http import HTTPStatus
from urllib.parse import quote

from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from vitrine.kernel.errors import problem
from vitrine.sovereignty import access
from vitrine.surfaces.watch import exhibits, page, remixes, sharing
from vitrine.surfaces.watch.forms import RoomForm
from vitrine.videos.models import Clip

NOBODY = AnonymousUser()


@access.policy(access.ANYONE)
@require_safe
def share(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Show the ways to pass a clip on: as a page, or as a sheet of the page before."""
    clip = get_object_or_404(Clip.objects.visible_to(request.user), public_id=clip_id)
    exhibit = next(exhibits.of_clips([clip.pk]))
    origin = sharing.origin_of(request)
    url = f"{origin}{clip.get_absolute_url()}"
    context = {
        "clip": clip,
        "exhibit": exhibit,
        "url": url,
        "is_open": page.is_open(clip, request.user),
        "offers": remixes.offers(clip, request.user),
        "frame": sharing.frame(exhibit, origin=origin),
        "mail": f"mailto:?subject={quote(exhibit.name)}&body={quote(url)}",
    }
    is_sheet = "sheet" in request.GET
    return render(request, "watch/share.html#sheet" if is_sheet else "watch/share.html", context)


@access.policy(access.ANYONE)
@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # it knows no URL arguments
@cache_control(public=True, max_age=300)
def embed(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Play a clip on any site: only what is out for everybody, whoever is signed in here."""
    clip = get_object_or_404(Clip.objects.visible_to(NOBODY), public_id=clip_id)
    context = {"exhibit": next(exhibits.of_clips([clip.pk])), "origin": sharing.origin_of(request)}
    return render(request, "watch/embed.html", context)


@access.policy(access.ANYONE)
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell a site how to embed the clip of an address. Source: https://oembed.com."""
    if request.GET.get("format", "json") != "json":
        return problem(
            HTTPStatus.NOT_IMPLEMENTED,
            code="oembed_format",
            detail=gettext("Only JSON is spoken here: leave format out, or ask for format=json."),
        )
    room = RoomForm(request.GET)
    if not room.is_valid():
        return problem(
            HTTPStatus.BAD_REQUEST,
            code="oembed_size",
            detail=gettext("maxwidth and maxheight are whole numbers of CSS pixels."),
        )
    origin = sharing.origin_of(request)
    found = sharing.clip_id(request.GET.get("url", ""), origin=origin)
    clip = Clip.objects.visible_to(NOBODY).filter(public_id=found or "").first()
    if clip is None:
        said = gettext("url must be the address of a clip that everybody may see, like {address}.")
        return problem(
            HTTPStatus.NOT_FOUND,
            code="no_such_clip",
            detail=said.format(address=f"{origin}/v/…"),
        )
    exhibit = next(exhibits.of_clips([clip.pk]))
    frame = sharing.frame(
        exhibit,
        origin=origin,
        most_width=room.cleaned_data["maxwidth"],
        most_height=room.cleaned_data["maxheight"],
    )
    response = JsonResponse(sharing.oembed(exhibit, frame, origin=origin))
    response["Access-Control-Allow-Origin"] = "*"  # public data, and no cookie is looked at
    return response
