"""Take a file in: begin, append parts, complete, accept or refuse.

Bytes move outside of any transaction. Each step ends in one conditional write, so that a sender
who repeats it, a second sender and a killed process all leave the upload in a state to go on from.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from vitrine.accounts.models import Person, Suspension
from vitrine.kernel import storage
from vitrine.kernel.errors import Refusal
from vitrine.videos import probe, quota, roots, scratch
from vitrine.videos.models import (
    Clip,
    Encoding,
    Remix,
    Upload,
    UploadState,
    Visibility,
    Wish,
)

PART_BYTES = 32 * 1024 * 1024
"""Of a part at most. Each waits for the disk: a fast line wants few (docs/adr/0053-parts.md)."""
MOST_UNFINISHED = 20


class FileTooLarge(Refusal):
    """The file is over the cell's limit."""

    code = "file_too_large"
    status = 413


class TooManyUploads(Refusal):
    """One person has too many unfinished uploads."""

    code = "too_many_uploads"
    message = "You have 20 unfinished uploads. Finish or cancel one first."
    status = 429


class UploadOver(Refusal):
    """The upload has been accepted, refused or cancelled; nothing more can be added."""

    code = "upload_over"
    message = "This upload is over. Start a new one."


class HasItsFilm(Refusal):
    """The draft has a film already, or one is on its way."""

    code = "draft_has_film"
    message = "This clip has its film already. Start a new clip for another."


class ChangedOnTheWay(probe.NotAccepted):
    """The bytes that came are not the bytes that were sent."""

    code = "digest_mismatch"
    message = "The file changed on its way to us. Send it again."


def longest_clip_seconds() -> int:
    """Return the longest clip that this cell takes."""
    return int(settings.VITRINE_CLIP_MAX_SECONDS)


def check_size(size: int) -> None:
    """Refuse what is empty or over the limit. Raises: FileTooLarge, EmptyFile."""
    limit = settings.VITRINE_UPLOAD_MAX_BYTES
    if size > limit:
        sentence = gettext(
            "This file has {size} MB; the limit is {limit} MB. Export it at a lower quality."
        )
        raise FileTooLarge(
            sentence.format(size=quota.megabytes(size), limit=quota.megabytes(limit))
        )
    if size <= 0:
        raise probe.EmptyFile


@transaction.atomic
def begin(
    owner: Person,
    *,
    length: int,
    filename: str,
    at: datetime,
    clip: Clip | None = None,
    wish: Wish | None = None,
) -> Upload:
    """Open an upload and its draft, so that titles can be typed while bytes come.

    clip: a draft of the owner's without a film yet, to be filled by this upload.
    wish: what a new draft is to be made with; a draft that is there keeps its own.
    Raises: PostingSuspended, FileTooLarge, EmptyFile, TooManyUploads, EnoughForToday,
    NoSpaceLeft, HasItsFilm, NotOpenToRemixing, StitchOutsideTheClip.
    """
    check_size(length)
    Suspension.refuse(owner, at=at)
    quota.check(owner, length=length, at=at)
    unfinished = Upload.objects.filter(owner=owner, state=UploadState.RECEIVING)
    if unfinished.count() >= MOST_UNFINISHED:
        raise TooManyUploads
    upload = Upload.objects.create(
        owner=owner, length=length, filename=_plain(filename), created_at=at, touched_at=at
    )
    if clip is None:
        # Who is under 18 decides to be seen by strangers; it does not just happen.
        usual = Visibility.FOLLOWERS if owner.is_minor(at=at) else Visibility.PUBLIC
        draft = Clip.objects.create(creator=owner, upload=upload, created_at=at, visibility=usual)
        if wish is not None:
            Remix.begin(draft, wish, at=at)
    else:
        _fill(clip, upload)
    return upload


def _fill(clip: Clip, upload: Upload) -> None:
    """Let an upload fill a draft whose last one came to nothing. Raises: HasItsFilm."""
    over = Q(upload=None) | Q(upload__state__in=[UploadState.REFUSED, UploadState.CANCELLED])
    if not Clip.objects.filter(over, pk=clip.pk, original_key="").update(upload=upload):
        raise HasItsFilm


def _plain(filename: str) -> str:
    """Keep a name for showing only: no folders, no control characters, no direction tricks."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in name if letter.isprintable())[:200]


def append(upload: Upload, content: bytes | Iterator[bytes], *, start: int, at: datetime) -> None:
    """Store one part durably, then count it. Raises: PartOutOfPlace, UploadOver, Full.

    content: written as it comes; what an iterator raises, the part is refused for.
    """
    if upload.state != UploadState.RECEIVING:
        raise UploadOver(offset=upload.offset)
    key = roots.part(upload.public_id, start)
    part = _Counted(iter([content]) if isinstance(content, bytes) else content)
    storage.put(key, iter(part))
    try:
        upload.append(key, start=start, size=part.size, at=at)
    except Refusal:
        storage.delete(key)
        raise


class _Counted:
    """Chunks on their way, and how many bytes they were."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.size += len(chunk)
            yield chunk


def complete(upload: Upload, *, sha256: bytes | None, at: datetime) -> Clip:
    """Take the whole file: check it, look into it, keep it, order its renditions.

    Safe to repeat: an accepted upload answers with its clip, a refused one with its reason.
    On a full disk it stays complete, to be repeated by its sender or the sweep.
    Raises: NotAccepted, UploadOver, Full.
    """
    also = {"sha256": sha256} if sha256 else {}
    upload.move(UploadState.COMPLETE, out_of=UploadState.RECEIVING, at=at, **also)
    if upload.state != UploadState.COMPLETE:
        upload.refresh_from_db()
    if upload.state == UploadState.COMPLETE:
        try:
            with scratch.folder() as folder:
                _accept(upload, folder / "source", at=at)
        except probe.NotAccepted as refused:
            _refuse(upload, refused, at=at)
            raise
        except OSError as trouble:
            if storage.is_full(trouble):
                raise storage.Full from trouble
            raise
    if upload.state == UploadState.REFUSED:
        raise probe.NotAccepted(upload.why)
    if upload.state == UploadState.CANCELLED:
        raise UploadOver
    return Clip.objects.get(upload=upload)


def _accept(upload: Upload, path: Path, *, at: datetime) -> None:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for key in upload.parts:
            for chunk in storage.stream(key):
                digest.update(chunk)
                file.write(chunk)
    if upload.sha256 is not None and bytes(upload.sha256) != digest.digest():
        raise ChangedOnTheWay
    found = probe.probe(path, max_seconds=longest_clip_seconds())
    clip = Clip.objects.get(upload=upload)
    key = roots.original(clip.public_id)
    storage.adopt(key, path, download_as=clip.public_id)
    with transaction.atomic():
        won = upload.move(UploadState.ACCEPTED, out_of=UploadState.COMPLETE, at=at)
        if won:
            place(clip, found, key=key, sha256=digest.digest(), size=path.stat().st_size, at=at)
    if won:
        forget_parts(upload)
        # What earlier tries at completing left, if a process was killed in between.
        known = f"{roots.ORIGINALS}/{clip.public_id}/"
        storage.delete(*(other for other in storage.list_keys(known) if other != key))
    else:
        # Another process finished the same upload while we worked: its original counts.
        storage.delete(key)
        upload.refresh_from_db()


def forget_parts(upload: Upload) -> None:
    """Remove an ended upload's parts, those of losers and of killed senders too."""
    storage.delete(*storage.list_keys(f"{roots.UPLOADS}/{upload.public_id}/"))
    Upload.objects.filter(pk=upload.pk).update(parts=[])


def place(
    clip: Clip, found: probe.Probe, *, key: str, sha256: bytes, size: int, at: datetime
) -> None:
    """Give a draft its original and order its renditions, in the caller's transaction."""
    Clip.objects.filter(pk=clip.pk).update(
        original_key=key,
        original_sha256=sha256,
        original_bytes=size,
        duration_ms=found.duration_ms,
        width=found.width,
        height=found.height,
        has_sound=found.has_sound,
    )
    Encoding.objects.create(clip=clip, created_at=at, found=found.remembered()).order()


def _refuse(upload: Upload, refused: probe.NotAccepted, *, at: datetime) -> None:
    upload.move(UploadState.REFUSED, out_of=UploadState.COMPLETE, at=at, reason=refused.text[:300])
    forget_parts(upload)


def cancel(upload: Upload, *, at: datetime) -> None:
    """Forget an unfinished upload; its draft stays only where something was typed into it."""
    if upload.move(UploadState.CANCELLED, out_of=UploadState.RECEIVING, at=at):
        forget_parts(upload)
        blank = Clip.objects.filter(upload=upload, title="", description="", original_key="")
        blank.delete()
    elif upload.state != UploadState.CANCELLED:
        raise UploadOver
