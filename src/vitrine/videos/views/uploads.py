"""Resumable uploads, in the shape of the IETF draft (docs/adr/0012-uploads.md).

``POST`` opens, ``PATCH`` appends a part of at most 32 MiB, ``HEAD`` tells the offset, ``DELETE``
cancels, ``GET`` tells a page how far the clip is. No transaction is open while bytes move.
"""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal, problem, refusal_response
from vitrine.sovereignty import access
from vitrine.videos import quota, receiving
from vitrine.videos.forms import NewUpload, PartHeaders, RemixForm, part_of
from vitrine.videos.models import Clip, Encoding, Upload, UploadState, Wish
from vitrine.videos.probe import EmptyFile


@never_cache
@require_http_methods(["POST", "OPTIONS"])
@access.policy(access.PERSON)
def uploads(request: HttpRequest) -> HttpResponse:
    """POST opens an upload and its draft, or takes a whole file from a plain form."""
    if request.method == "OPTIONS":
        left = quota.left(_person(request), at=timezone.now())
        return _limited(HttpResponse(status=HTTPStatus.NO_CONTENT), left)
    is_form = request.content_type == "multipart/form-data"
    if is_form and "Upload-Length" not in request.headers:
        return _whole_file(request)
    form = NewUpload.of(request)
    if not form.is_valid():
        return _limited(
            problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                code="form_invalid",
                detail=gettext("Tell the file's length in bytes (Upload-Length)."),
                errors=form.errors,
            )
        )
    owner = _person(request)
    clip_id = form.cleaned_data["clip"]
    clip = get_object_or_404(Clip.objects.owned_by(owner), public_id=clip_id) if clip_id else None
    try:
        upload = receiving.begin(
            owner,
            length=form.cleaned_data["length"],
            filename=form.cleaned_data["filename"],
            clip=clip,
            wish=form.remix.wish(owner),
            at=timezone.now(),
        )
    except Refusal as refused:
        return _limited(refusal_response(request, refused))
    answer = JsonResponse(_told(upload), status=HTTPStatus.CREATED)
    answer["Location"] = reverse("videos:upload", args=[upload.public_id])
    return _limited(_offset(answer, upload))


def _whole_file(request: HttpRequest) -> HttpResponse:
    """Take files from a form without script, through the same door as the parts."""
    files = request.FILES.getlist("file")
    if not files:
        raise EmptyFile(gettext("Choose a video first."))
    wish = RemixForm(request.POST).wish(_person(request))
    clips = [_taken(file, _person(request), wish) for file in files]
    onward = request.POST.get("next", "").replace("CLIP", clips[-1].public_id)
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}):
        onward = clips[-1].get_absolute_url()
    return HttpResponseRedirect(onward)


def _taken(file: "UploadedFile[bytes]", owner: Person, wish: Wish | None) -> Clip:
    now = timezone.now()
    upload = receiving.begin(
        owner, length=file.size or 0, filename=file.name or "", wish=wish, at=now
    )
    receiving.append(upload, file.chunks(), start=0, at=now)
    return receiving.complete(upload, sha256=None, at=now)


@never_cache
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
@access.policy(access.OWNER)
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """GET and HEAD tell where the upload stands, PATCH appends a part, DELETE cancels."""
    found = get_object_or_404(Upload, public_id=upload_id, owner=_person(request))
    try:
        if request.method == "PATCH":
            return _patch(request, found)
        if request.method == "DELETE":
            receiving.cancel(found, at=timezone.now())
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
    except Refusal as refused:
        found.refresh_from_db()
        return _offset(
            problem(refused.status, code=refused.code, detail=refused.text, **refused.facts), found
        )
    if request.method == "HEAD":
        return _limited(_offset(HttpResponse(status=HTTPStatus.NO_CONTENT), found))
    return _offset(JsonResponse(_told(found)), found)


def _patch(request: HttpRequest, upload: Upload) -> HttpResponse:
    headers = PartHeaders.of(request)
    if not headers.is_valid():
        answer = problem(
            HTTPStatus.BAD_REQUEST,
            code="part_malformed",
            detail=gettext(
                "A part needs Upload-Offset, Upload-Complete, Content-Length (at most {most}) "
                "and the type application/partial-upload."
            ).format(most=receiving.PART_BYTES),
            errors=headers.errors,
        )
        return _limited(_offset(answer, upload))
    now, start = timezone.now(), headers.cleaned_data["offset"]
    if headers.cleaned_data["size"] or upload.offset != start:
        receiving.append(upload, part_of(request, headers), start=start, at=now)
    if headers.cleaned_data["is_last"] and upload.offset == upload.length:
        clip = receiving.complete(upload, sha256=headers.cleaned_data["whole_digest"], at=now)
        done = HttpResponse(status=HTTPStatus.NO_CONTENT)
        done["Link"] = f'<{clip.get_absolute_url()}>; rel="describes"'
        return _offset(done, upload)
    return _offset(HttpResponse(status=HTTPStatus.NO_CONTENT), upload)


def _told(upload: Upload) -> dict[str, Any]:
    """Return what a page wants to know. Queries: 3."""
    clip = Clip.objects.filter(upload=upload).first()
    told: dict[str, Any] = {
        "upload": upload.public_id,
        "url": reverse("videos:upload", args=[upload.public_id]),
        "state": upload.state,
        "offset": upload.offset,
        "length": upload.length,
        "reason": upload.why,
        "part_bytes": receiving.PART_BYTES,
        "max_bytes": settings.VITRINE_UPLOAD_MAX_BYTES,
        "max_seconds": receiving.longest_clip_seconds(),
        "clip": clip.public_id if clip else None,
    }
    encoding = Encoding.objects.filter(clip=clip).first() if clip else None
    if clip and encoding:
        told["encoding"] = {
            "state": encoding.state,
            "step": encoding.step,
            "progress": encoding.progress,
            "reason": encoding.why,
        }
        told["playable"] = clip.renditions.exists()
        told["poster"] = clip.poster_url
    return told


def _offset(answer: HttpResponse, upload: Upload) -> HttpResponse:
    answer["Upload-Offset"] = str(upload.offset)
    answer["Upload-Length"] = str(upload.length)
    answer["Upload-Complete"] = "?0" if upload.state == UploadState.RECEIVING else "?1"
    return answer


def _limited(answer: HttpResponse, left: quota.Quota | None = None) -> HttpResponse:
    """Tell the limits before the first byte. left: what this creator may still send."""
    largest = left.largest_bytes if left else settings.VITRINE_UPLOAD_MAX_BYTES
    answer["Upload-Limit"] = f"max-size={largest}, max-append-size={receiving.PART_BYTES}"
    if left and left.uploads is not None:
        answer["Vitrine-Uploads-Left"] = str(left.uploads)
    answer["Accept-Patch"] = PartHeaders.MEDIA_TYPE
    return answer


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise TypeError("the access policy lets only people in")
    return request.user
