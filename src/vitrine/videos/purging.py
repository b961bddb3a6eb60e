"""Remove what is no longer needed: parts of forgotten uploads, files of deleted clips."""

import logging
from datetime import datetime

from django.db import transaction

from vitrine.kernel import storage
from vitrine.kernel.errors import Refusal
from vitrine.videos import receiving, roots
from vitrine.videos.models import Clip, Encoding, Upload, UploadState

log = logging.getLogger(__name__)
AT_A_TIME = 100


def finish_complete_uploads(*, before: datetime, at: datetime) -> int:
    """Accept or refuse uploads that came whole but whose last request died; return how many."""
    waiting = Upload.objects.filter(state=UploadState.COMPLETE, touched_at__lt=before)
    finished = 0
    for upload in waiting.order_by("pk")[:AT_A_TIME]:
        try:
            receiving.complete(upload, sha256=None, at=at)
        except Refusal as refused:
            log.info("sweep: upload %s refused: %s", upload.pk, refused.code)
        finished += 1
    return finished


def forget_uploads(*, before: datetime, at: datetime) -> int:
    """Cancel uploads that nobody has touched for long; return how many."""
    stale = Upload.objects.filter(state=UploadState.RECEIVING, touched_at__lt=before)
    forgotten = 0
    for upload in stale.order_by("pk")[:AT_A_TIME]:
        receiving.cancel(upload, at=at)
        forgotten += 1
    return forgotten


def forget_parts() -> int:
    """Remove parts that outlived their upload, when a process was killed; return how many."""
    over = [UploadState.ACCEPTED, UploadState.REFUSED, UploadState.CANCELLED]
    left = Upload.objects.filter(state__in=over).exclude(parts=[])
    uploads = list(left.order_by("pk")[:AT_A_TIME])
    for upload in uploads:
        receiving.forget_parts(upload)
    return len(uploads)


def purge_deleted_clips() -> int:
    """Remove the files and words of deleted clips that nobody is preparing; return how many.

    The row stays as a tombstone, because orders and the ledger may point at it.
    """
    busy = Encoding.objects.under_way().values("clip")
    deleted = Clip.objects.filter(deleted_at__isnull=False).exclude(pk__in=busy)
    gone = deleted.exclude(original_key="", poster_key="", title="", description="")
    purged = 0
    for clip in gone.order_by("pk")[:AT_A_TIME]:
        for root in (roots.RENDITIONS, roots.ORIGINALS):
            storage.delete(*storage.list_keys(f"{root}/{clip.public_id}/"))
        with transaction.atomic():
            for belongings in (clip.renditions, clip.captions, clip.comments, clip.likes):
                belongings.all().delete()
            Clip.objects.filter(pk=clip.pk).update(
                original_key="", original_sha256=None, poster_key="", placeholder=b"",
                title="", description="",
            )  # fmt: skip
        purged += 1
    return purged
