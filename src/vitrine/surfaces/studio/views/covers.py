"""The picture that stands for a clip."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.kernel import storage
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.studio import frames as strips
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.forms import CoverForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos import covers, roots, serving
from vitrine.videos.models import Clip


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.OWNER)
def cover(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show what can be chosen; POST shows a frame or a picture as the cover, DELETE neither."""
    clip = page.own_clip(request, clip_id)
    removes = is_delete(request)
    writes = removes or request.method == "POST"
    form = CoverForm(request.POST, request.FILES) if writes and not removes else CoverForm()
    refusal = _choose(clip, form, removes=removes) if writes else None
    is_done = writes and not refusal and not form.errors
    if is_done and not request.htmx:
        return redirect("studio:clip", clip.public_id)
    context: dict[str, object] = {
        "clip": clip,
        "cover_form": form,
        "cover_refusal": refusal,
        "is_chosen": is_done,
    }
    context["strip"] = None if is_done else strips.of(clip)
    status = refusal.status if refusal else 422 if form.errors else 200
    template = "studio/cover.html" if request.htmx else "studio/cover_page.html"
    return render(request, template, context, status=status)


def _choose(clip: Clip, form: CoverForm, *, removes: bool) -> Refusal | None:
    """Do what was asked for; return why not. A form that is wrong says so itself."""
    try:
        if removes:
            covers.take_off(clip)
        elif form.is_valid() and form.cleaned_data["picture"]:
            covers.from_picture(clip, form.cleaned_data["picture"].read())
        elif form.is_valid():
            covers.from_frame(clip, at_ms=form.cleaned_data["at_ms"])
    except Refusal as refused:
        return refused
    return None


@require_safe
@access.policy(access.OWNER)
def frames(request: CreatorRequest, clip_id: str) -> HttpResponseBase:
    """Send the frames to choose from, side by side in one picture; made when first asked for."""
    key = covers.strip(page.own_clip(request, clip_id))
    name = key.rpartition("/")[2].removesuffix(".webp")
    served = serving.Served(
        key, storage.stat(key).size, name, roots.content_type(key), serving.OWN_EYES
    )
    return serving.respond(request, served)
