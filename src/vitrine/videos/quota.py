"""How much one creator may send and keep, told before the first byte."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from babel.numbers import format_decimal
from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty.cell import locale
from vitrine.videos.models import Clip, Upload, UploadState

DAY = timedelta(days=1)


class EnoughForToday(Refusal):
    """The creator has begun as many uploads in a day as the cell allows."""

    code = "uploads_per_day"
    status: ClassVar[int] = 429


class NoSpaceLeft(Refusal):
    """What the creator keeps, and this file, are over the cell's limit together."""

    code = "creator_space"
    status: ClassVar[int] = 413


@dataclass(frozen=True)
class Quota:
    """What is left to a creator. None: no limit. again_at: when another upload may begin."""

    uploads: int | None
    bytes: int | None
    again_at: datetime | None = None

    @property
    def largest_bytes(self) -> int:
        """Return the largest file that may be sent now."""
        limit = int(settings.VITRINE_UPLOAD_MAX_BYTES)
        return limit if self.bytes is None else max(0, min(limit, self.bytes))

    @property
    def sentence(self) -> str:
        """Say what is left where it is less than everybody expects. Empty: nothing to say."""
        if self.again_at is not None:
            return _again(self.again_at)
        if self.bytes is not None and self.bytes < settings.VITRINE_UPLOAD_MAX_BYTES:
            sentence = gettext("{size} MB are left of your space.")
            return sentence.format(size=megabytes(max(0, self.bytes)))
        if self.uploads is not None and self.uploads <= 5:
            return gettext("You can send {number} more today.").format(number=self.uploads)
        return ""


def left(person: Person, *, at: datetime) -> Quota:
    """Return what a creator may still send. Queries: 1–3, one for each limit that is set."""
    uploads, again_at = None, None
    if settings.VITRINE_UPLOADS_PER_DAY:
        begun = Upload.objects.filter(owner=person, created_at__gt=at - DAY)
        times = list(begun.order_by("-created_at").values_list("created_at", flat=True))
        uploads = max(0, settings.VITRINE_UPLOADS_PER_DAY - len(times))
        if not uploads:
            again_at = times[settings.VITRINE_UPLOADS_PER_DAY - 1] + DAY
    return Quota(uploads, _bytes_left(person), again_at)


def _bytes_left(person: Person) -> int | None:
    if not settings.VITRINE_CREATOR_MAX_BYTES:
        return None
    kept = Clip.objects.owned_by(person).aggregate(sum=Sum("original_bytes"))["sum"] or 0
    on_the_way = [UploadState.RECEIVING, UploadState.COMPLETE]
    coming = Upload.objects.filter(owner=person, state__in=on_the_way)
    expected = coming.aggregate(sum=Sum("length"))["sum"] or 0
    return int(settings.VITRINE_CREATOR_MAX_BYTES) - kept - expected


def check(person: Person, *, length: int, at: datetime) -> None:
    """Refuse an upload that is over a limit. Raises: EnoughForToday, NoSpaceLeft.

    Locks: the person's row, so that two uploads at once cannot both be the last.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    quota = left(person, at=at)
    if quota.again_at is not None:
        raise EnoughForToday(
            _again(quota.again_at), retry_after=round((quota.again_at - at).total_seconds())
        )
    if quota.bytes is not None and length > quota.bytes:
        sentence = gettext(
            "This file has {size} MB and {left} MB are left of your space. Delete a clip that you "
            "no longer need, then send it again."
        )
        raise NoSpaceLeft(
            sentence.format(size=megabytes(length), left=megabytes(max(0, quota.bytes)))
        )


def _again(at: datetime) -> str:
    sentence = gettext(
        "You have sent {limit} videos in a day. You can send the next one after {time} UTC."
    )
    return sentence.format(limit=settings.VITRINE_UPLOADS_PER_DAY, time=f"{at:%H:%M}")


def megabytes(size: int) -> str:
    """Write a size for people, as the upload page does: one decimal where it is small."""
    pattern = "#,##0.0" if size < 10_000_000 else "#,##0"
    return format_decimal(size / 2**20, pattern, locale=locale())
