"""Captions of a clip."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.forms import CaptionForm, DetailsForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.surfaces.studio.views.clips import whole
from vitrine.videos.models import Caption


@require_POST
@access.policy(access.OWNER)
def new(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Take a WebVTT file; a second one in the same language replaces the first."""
    clip = page.own_clip(request, clip_id)
    form = CaptionForm(request.POST, request.FILES)
    if form.is_valid():
        language, webvtt = form.cleaned_data["language"], form.cleaned_data["file"]
        Caption.objects.update_or_create(clip=clip, language=language, defaults={"webvtt": webvtt})
        messages.success(request, "The captions are saved.")
        return redirect("studio:clip", clip.public_id)
    context = {**whole(clip, DetailsForm.of(clip)), "caption_form": form}
    return render(request, "studio/clip.html", context, status=422)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def caption(request: CreatorRequest, clip_id: str, language: str) -> HttpResponse:
    """DELETE removes the captions in one language; again is no error."""
    clip = page.own_clip(request, clip_id)
    if is_delete(request):
        clip.captions.filter(language=language).delete()
    return redirect("studio:clip", clip.public_id)
