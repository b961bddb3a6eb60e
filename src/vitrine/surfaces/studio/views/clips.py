"""The list of a creator's clips, and one clip with its details and publication."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.safety import filtering
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.forms import CaptionForm, DetailsForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos.models import Clip


@require_GET
@access.policy(access.PERSON)
def listing(request: CreatorRequest) -> HttpResponse:
    """Show the creator's clips, newest first. Queries: 1, and 2 for the session."""
    clips = page.own_clips(request.user, cursor=request.GET.get("after"))
    template = "studio/clips.html#rows" if "after" in request.GET and request.htmx else ""
    return render(request, template or "studio/clips.html", {"clips": clips})


@require_GET
@access.policy(access.OWNER)
def row(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show one row of the list as it stands now. Queries: 1, and 2 for the session."""
    return render(request, "studio/clips.html#row", {"row": page.own_row(request, clip_id)})


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def clip(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show the editor, or save the details: as typed by htmx, or whole. Queries to show: 5."""
    found = page.own_clip(request, clip_id)
    form = DetailsForm(request.POST) if request.method == "POST" else DetailsForm.of(found)
    if form.is_valid() and form.may_stand():
        Clip.objects.filter(pk=found.pk).update(**form.cleaned_data)
        if form.rewords(found):
            filtering.weigh(page.own_clip(request, clip_id), at=timezone.now())
        if request.htmx:
            return render(request, "studio/clip.html#saved", {"saved_form": form})
        messages.success(request, "Saved.")
        return redirect("studio:clip", found.public_id)
    status = 422 if form.errors else 200
    if request.htmx and request.method == "POST":
        return render(request, "studio/clip.html#saved", {"saved_form": form}, status=status)
    template = "studio/clip.html#whole" if request.htmx else "studio/clip.html"
    return render(request, template, whole(found, form), status=status)


def whole(found: Clip, details: DetailsForm) -> dict[str, object]:
    """Return what the whole editor shows. Queries: 4."""
    return {
        "editor": page.editor(found),
        "details": details,
        "saved_form": details if details.is_bound else None,
        "tags": list(page.tags(found)),
        "captions": page.captions(found),
        "caption_form": CaptionForm(initial={"language": found.language}),
    }


@require_GET
@access.policy(access.OWNER)
def standing(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show where a clip stands, and the parts that have become possible since ``known``.

    Queries: 2 when nothing new is known, else 4; and 2 for the session.
    """
    found = page.own_clip(request, clip_id)
    editor = page.editor(found)
    known = int(request.GET["known"]) if request.GET.get("known") in {"0", "1", "2"} else 0
    news = {"preview": editor.known > known, "tags": editor.known > known == 0}
    context = {
        "editor": editor,
        "news": news,
        "captions": page.captions(found) if news["preview"] else [],
        "tags": list(page.tags(found)) if news["tags"] else [],
    }
    return render(request, "studio/clip.html#news", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def publication(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """POST publishes the clip, DELETE takes it back to draft."""
    found = page.own_clip(request, clip_id)
    refusal = None
    try:
        if is_delete(request):
            found.unpublish()
        else:
            found.publish(at=timezone.now())
    except Refusal as refused:
        if not request.htmx:
            raise
        refusal = refused
    if not request.htmx:
        return redirect("studio:clip", found.public_id)
    context = {"editor": page.editor(found), "publication_refusal": refusal}
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "studio/clip.html#standing", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def deletion(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Ask before a clip is deleted; POST deletes it."""
    found = page.own_clip(request, clip_id)
    if request.method != "POST":
        return render(request, "studio/deletion.html", {"clip": found})
    found.delete(at=timezone.now())
    messages.success(request, "The clip is deleted.")
    return redirect("studio:listing")
