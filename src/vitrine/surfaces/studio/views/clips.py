"""One clip with its details and publication."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.safety import filtering
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page, spoken
from vitrine.surfaces.studio.forms import DetailsForm, RemixingForm, ScheduleForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos.models import Clip, RemixWithdrawn


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def clip(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show the editor, or save the details: as typed by htmx, or whole. Queries to show: 7."""
    found = page.own_clip(request, clip_id)
    form = DetailsForm.of(found)
    if request.method == "POST":
        form = DetailsForm(request.POST, clip=found)
    if form.is_valid() and form.may_stand():
        is_reworded = form.rewords(found)
        found.revise(**form.cleaned_data)
        if is_reworded:
            filtering.weigh(page.own_clip(request, clip_id), at=timezone.now())
        if request.htmx:
            context = {"saved_form": form, "suggestion": spoken.suggestion(found)}
            return render(request, "studio/clip.html#details_saved", context)
        messages.success(request, gettext("Saved."))
        return redirect("studio:clip", found.public_id)
    status = 422 if form.errors else 200
    if request.htmx and request.method == "POST":
        return render(request, "studio/clip.html#saved", {"saved_form": form}, status=status)
    template = "studio/clip.html#whole" if request.htmx else "studio/clip.html"
    return render(request, template, whole(found, form), status=status)


def whole(found: Clip, details: DetailsForm) -> dict[str, object]:
    """Return what the whole editor shows. Queries: 9."""
    return {
        "editor": page.editor(found),
        "details": details,
        "remixing": RemixingForm.of(found),
        "saved_form": details if details.is_bound else None,
        "tags": page.tags(found, at=timezone.now()),
        "spoken": spoken.card(found, at=timezone.now()),
        "suggestion": spoken.suggestion(found),
        "schedule_form": ScheduleForm(now=timezone.now(), clip=found),
    }


@require_GET
@access.policy(access.OWNER)
def standing(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show where a clip stands, and the parts that have become possible since ``known``.

    Queries: 2 when nothing new is known, else 8; and 2 for the session.
    """
    found = page.own_clip(request, clip_id)
    editor = page.editor(found)
    known = int(request.GET["known"]) if request.GET.get("known") in {"0", "1", "2"} else 0
    news = {"preview": editor.known > known, "tags": editor.known > known == 0}
    context = {
        "editor": editor,
        "news": news,
        "spoken": spoken.card(found, at=timezone.now()) if news["preview"] else None,
        "tags": page.tags(found, at=timezone.now()) if news["tags"] else [],
    }
    return render(request, "studio/clip.html#news", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def publication(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """POST publishes the clip with the details that are on the page, DELETE takes it back."""
    found = page.own_clip(request, clip_id)
    form = DetailsForm.sent_with(request.POST, found)
    refusal = None
    try:
        if is_delete(request):
            found.unpublish()
        elif form is None or (form.is_valid() and form.may_stand()):
            if form:
                found.revise(**form.cleaned_data)
            found.publish(at=timezone.now())
    except Refusal as refused:
        if wants_json(request):
            raise
        refusal = refused
    return _publication(request, found, form, refusal)


def _publication(
    request: CreatorRequest, found: Clip, form: DetailsForm | None, refusal: Refusal | None
) -> HttpResponse:
    status = refusal.status if refusal else HTTPStatus.OK
    if form and form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "editor": page.editor(found),
        "publication_refusal": refusal,
        "remix_is_closed": isinstance(refusal, RemixWithdrawn),
        "saved_form": form,
        "schedule_form": ScheduleForm(now=timezone.now(), clip=found),
        "news": {"schedule": True},
    }
    if request.htmx:
        return render(request, "studio/clip.html#publication", context, status=status)
    if status == HTTPStatus.OK:
        return redirect("studio:clip", found.public_id)
    shown = {**whole(found, form or DetailsForm.of(found)), **context}
    return render(request, "studio/clip.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def deletion(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Ask before a clip is deleted; POST deletes it."""
    found = page.own_clip(request, clip_id)
    if request.method != "POST":
        return render(request, "studio/deletion.html", {"clip": found})
    found.delete(at=timezone.now())
    messages.success(request, gettext("The clip is deleted."))
    return redirect("studio:listing")
