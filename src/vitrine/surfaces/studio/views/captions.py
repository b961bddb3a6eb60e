"""Captions of a clip: from a file, typed, heard by a machine, and sent out again."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.kernel import storage
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.studio import cues, page, spoken
from vitrine.surfaces.studio.cues import CuesForm
from vitrine.surfaces.studio.forms import CaptionForm, DetailsForm, NewCaptionsForm, languages
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.surfaces.studio.views.clips import whole
from vitrine.videos import hearing as hearings
from vitrine.videos import webvtt
from vitrine.videos.models import Caption, Clip, Waveform


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def new(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Take a WebVTT file; a second one in a language replaces the first. GET opens the editor."""
    clip = page.own_clip(request, clip_id)
    if request.method != "POST":
        asked = NewCaptionsForm(request.GET)
        if not asked.is_valid():
            return redirect("studio:clip", clip.public_id)
        return redirect("studio:caption", clip.public_id, asked.cleaned_data["language"])
    form = CaptionForm(request.POST, request.FILES)
    if form.is_valid():
        Caption.write(clip, form.cleaned_data["language"], form.cleaned_data["file"])
        messages.success(request, gettext("The captions are saved."))
        return redirect("studio:clip", clip.public_id)
    card = spoken.card(clip, at=timezone.now(), file_form=form)
    context = {**whole(clip, DetailsForm.of(clip)), "spoken": card}
    return render(request, "studio/clip.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.OWNER)
def caption(request: CreatorRequest, clip_id: str, language: str) -> HttpResponse:
    """Show the caption editor; POST saves its cues; DELETE removes them, again is no error."""
    clip = page.own_clip(request, clip_id)
    known = clip.captions.filter(language=language).first()
    if is_delete(request):
        clip.captions.filter(language=language).delete()
        return redirect("studio:clip", clip.public_id)
    if known is None and language not in dict(languages()):
        raise Http404
    if request.method != "POST":
        form = CuesForm(duration_ms=clip.duration_ms)
        return render(request, "studio/cues.html", _editor(clip, language, known, form))
    return _saved(request, clip, language, known)


def _saved(
    request: CreatorRequest, clip: Clip, language: str, known: Caption | None
) -> HttpResponse:
    """Save what was typed; where that is not possible, show it again with the reason."""
    form = CuesForm(request.POST, duration_ms=clip.duration_ms)
    refusal, status = None, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            written = webvtt.write(form.cues)
            version = form.cleaned_data["version"]
            known = Caption.write(clip, language, written, over=version)
            status = HTTPStatus.OK
        except Refusal as refused:
            refusal, status = refused, HTTPStatus(refused.status)
    if status == HTTPStatus.OK and not request.htmx:
        messages.success(request, gettext("The captions are saved."))
        return redirect("studio:caption", clip.public_id, language)
    context = {**_editor(clip, language, known, form), "refusal": refusal}
    template = "studio/cues.html#saved" if request.htmx else "studio/cues.html"
    return render(request, template, context, status=status)


def _editor(clip: Clip, language: str, known: Caption | None, form: CuesForm) -> dict[str, object]:
    """Return what the caption editor shows. Queries: 1."""
    kept = webvtt.parse(known.webvtt) if known else []
    return {
        "clip": clip,
        "editor": page.editor(clip),
        "language": language,
        "name": spoken.language_name(language),
        "caption": known,
        "form": form,
        "rows": cues.rows(kept, form),
        "most_cues": webvtt.MOST_CUES,
        "has_too_many": len(kept) > webvtt.MOST_CUES,
        "has_more": known is not None and webvtt.has_more(known.webvtt),
    }


@require_safe
@access.policy(access.OWNER)
def exported(request: CreatorRequest, clip_id: str, language: str, kind: str) -> HttpResponse:
    """Send the captions as a file: as they are in WebVTT, or as SRT."""
    clip = page.own_clip(request, clip_id)
    found = get_object_or_404(clip.captions, language=language)
    is_srt = kind == "srt"
    content = webvtt.write_srt(webvtt.parse(found.webvtt)) if is_srt else found.webvtt
    media_type = "application/x-subrip" if is_srt else "text/vtt"
    answer = HttpResponse(content, content_type=f"{media_type}; charset=utf-8")
    answer["Content-Disposition"] = storage.attachment(f"{clip.public_id}.{language}.{kind}")
    return answer


@require_safe
@access.policy(access.OWNER)
def waveform(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Send the peaks of a clip's sound, a byte for each 20 ms. 202: they are being drawn."""
    clip = page.own_clip(request, clip_id)
    found = Waveform.objects.filter(clip=clip).first()
    if found is None and clip.has_sound:
        if clip.renditions.exists():
            Waveform.order(clip)
        return HttpResponse(status=HTTPStatus.ACCEPTED)
    return HttpResponse(found.peaks if found else b"", content_type="application/octet-stream")


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def silence(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """POST marks that nobody speaks in the clip, DELETE takes the mark away."""
    clip = page.own_clip(request, clip_id)
    refusal = None
    try:
        if is_delete(request):
            clip.unmark_speechless()
        else:
            clip.mark_speechless(at=timezone.now())
    except Refusal as refused:
        if not request.htmx:
            raise
        refusal = refused
    return _card(request, clip, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def hearing(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show how the making of captions by machine stands; POST asks for it."""
    clip = page.own_clip(request, clip_id)
    if request.method != "POST":
        return _asked_again(request, clip)
    refusal = None
    try:
        hearings.ask(clip, clock=timezone.now)
    except Refusal as refused:
        if not request.htmx:
            raise
        refusal = refused
    return _card(request, page.own_clip(request, clip_id), refusal)


def _asked_again(request: CreatorRequest, clip: Clip) -> HttpResponse:
    """Show the part that asks, or all captions once a listening has ended."""
    card = spoken.card(clip, at=timezone.now())
    if not request.htmx or ("listening" in request.GET and not card.is_hearing):
        answer = _card(request, clip, None)
        answer["HX-Retarget"] = "#captions"
        return answer
    return render(request, "studio/captions.html#automatic", {"spoken": card})


def _card(request: CreatorRequest, clip: Clip, refusal: Refusal | None) -> HttpResponse:
    if not request.htmx:
        return redirect("studio:clip", clip.public_id)
    context = {"spoken": spoken.card(clip, at=timezone.now()), "captions_refusal": refusal}
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "studio/captions.html", context, status=status)
