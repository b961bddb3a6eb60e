"""Remove what is no longer needed: parts of forgotten uploads, files of deleted clips."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from vitrine.kernel import storage, sweeping
from vitrine.kernel.errors import Refusal
from vitrine.videos import receiving, roots
from vitrine.videos.models import (
    Clip,
    Encoding,
    Hearing,
    Remix,
    Sound,
    Upload,
    UploadState,
    Waveform,
)

log = logging.getLogger(__name__)
AT_A_TIME = 100
Row = TypeVar("Row", bound=Model)


def _each(rows: QuerySet[Row], act: Callable[[Row], object]) -> int:
    """Act on the oldest rows, each by itself; return how many went well."""
    return len(sweeping.each(rows.order_by("pk")[:AT_A_TIME], act))


def finish_complete_uploads(*, before: datetime, at: datetime) -> int:
    """Accept or refuse uploads that came whole but whose last request died; return how many."""

    def finish(upload: Upload) -> None:
        try:
            receiving.complete(upload, sha256=None, at=at)
        except Refusal as refused:
            log.info("sweep: upload %s refused: %s", upload.pk, refused.code)

    return _each(Upload.objects.filter(state=UploadState.COMPLETE, touched_at__lt=before), finish)


def forget_uploads(*, before: datetime, at: datetime) -> int:
    """Cancel uploads that nobody has touched for long; return how many."""
    stale = Upload.objects.filter(state=UploadState.RECEIVING, touched_at__lt=before)
    return _each(stale, partial(receiving.cancel, at=at))


def forget_parts() -> int:
    """Remove parts that outlived their upload, when a process was killed; return how many."""
    over = [UploadState.ACCEPTED, UploadState.REFUSED, UploadState.CANCELLED]
    left = Upload.objects.filter(state__in=over).exclude(parts=[])
    return _each(left, receiving.forget_parts)


def forget_failed_uploads(*, before: datetime) -> int:
    """Delete the rows of uploads that came to nothing, once their parts are gone.

    One that still explains a draft stays with it.
    """
    over = [UploadState.REFUSED, UploadState.CANCELLED]
    failed = Upload.objects.filter(state__in=over, parts=[], touched_at__lt=before, clip=None)
    return _each(failed, Upload.delete)


def purge_deleted_clips() -> int:
    """Remove the files and words of deleted clips that nobody is preparing; return how many.

    The row stays as a tombstone, because orders and the ledger may point at it.
    """
    busy = Encoding.objects.under_way().values("clip")
    deleted = Clip.objects.filter(deleted_at__isnull=False).exclude(pk__in=busy)
    gone = deleted.exclude(original_key="", poster_key="", cover_key="", title="", description="")
    return _each(gone, _purge)


def _purge(clip: Clip) -> None:
    for root in roots.OF_A_CLIP:
        storage.delete(*storage.list_keys(f"{root}/{clip.public_id}/"))
    with transaction.atomic():
        for belongings in (clip.renditions, clip.captions, clip.comments, clip.likes):
            belongings.all().delete()
        for made in (Encoding, Hearing, Waveform, Remix):
            made._default_manager.filter(clip=clip).delete()
        Sound.objects.filter(origin=clip).update(key="", title="")
        Upload.objects.filter(clip=clip).delete()
        Clip.objects.filter(pk=clip.pk).update(
            original_key="", original_sha256=None, poster_key="", placeholder=b"",
            cover_key="", cover_ms=None, title="", description="",
        )  # fmt: skip
