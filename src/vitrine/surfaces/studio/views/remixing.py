"""What others may make of a clip, and what a creator does about what a clip is made with."""

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.forms import DetailsForm, RemixingForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.surfaces.studio.views.clips import whole
from vitrine.videos import remixing as activity
from vitrine.videos.models import Clip, Sound


@require_POST
@access.policy(access.OWNER)
def remixing(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Save to whom the clip is open, for what, and what its sound is called."""
    clip = page.own_clip(request, clip_id)
    form = RemixingForm(request.POST)
    if form.is_valid():
        open_to = {name: form.cleaned_data[name] for name in RemixingForm.OF_THE_CLIP}
        with transaction.atomic():
            Clip.objects.filter(pk=clip.pk).update(**open_to)
            Sound.objects.filter(origin=clip).update(title=form.cleaned_data["sound_title"])
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if request.htmx:
        saved = {"remixing_saved": form}
        return render(request, "studio/remixing.html#saved", saved, status=status)
    if form.errors:
        context = {**whole(clip, DetailsForm.of(clip)), "remixing": form, "remixing_saved": form}
        return render(request, "studio/clip.html", context, status=status)
    messages.success(request, gettext("Saved."))
    return redirect("studio:clip", clip.public_id)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def remix(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """POST tries once more to make the clip with another's, DELETE goes on without that one."""
    clip = page.own_clip(request, clip_id)
    refusal = None
    try:
        if is_delete(request):
            activity.go_on_without(clip)
        else:
            activity.try_again(clip)
    except Refusal as refused:
        if not request.htmx:
            raise
        refusal = refused
    if not request.htmx:
        return redirect("studio:clip", clip.public_id)
    found = page.own_clip(request, clip_id)
    context = {"editor": page.editor(found), "publication_refusal": refusal}
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "studio/clip.html#standing", context, status=status)
