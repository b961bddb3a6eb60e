"""A file on its way in."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext

from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class PartOutOfPlace(Refusal):
    """The part does not begin where the upload ends. facts: the true offset."""

    code = "upload_offset_mismatch"
    message = "This part does not continue the upload; ask where it stands and go on from there."


class UploadState(models.TextChoices):
    """Where an upload is. Receiving → complete → accepted or refused; or cancelled."""

    RECEIVING = "receiving"
    COMPLETE = "complete"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class _Append(Func):
    """Append one text to an array, inside the UPDATE."""

    function = "array_append"
    # A bare parameter has no type that array_append could take.
    template = "%(function)s(%(expressions)s::varchar)"

    def __init__(self, array: str, key: str) -> None:
        super().__init__(
            models.F(array),
            Value(key),
            output_field=ArrayField(models.CharField(max_length=200)),
        )


@datamap.declare(
    purpose="Receive a file, in parts, over bad networks",
    retention="with the clip; 7 days after the last part where none came of it",
    subject="owner",
    PERSONAL="public_id filename length offset sha256 reason created_at touched_at",
    SYSTEM="id home_cell owner state parts",
)
class Upload(models.Model):
    """A file on its way in.

    offset: bytes that are safe in our hands. parts: their keys in the store, in order.
    sha256: what the sender says the whole is.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    filename = models.CharField(max_length=200, blank=True)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    parts = ArrayField(models.CharField(max_length=200), default=list)
    sha256 = models.BinaryField(max_length=32, null=True)
    state = models.CharField(
        max_length=10, choices=UploadState.choices, default=UploadState.RECEIVING
    )
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=models.F("length")),
                name="upload_offset_within_length",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UploadState.values), name="upload_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["touched_at"],
                name="upload_unfinished",
                condition=Q(state__in=["receiving", "complete"]),
            ),
        ]

    @property
    def why(self) -> str:
        """Return the reason in the language of who reads it; empty where there is none."""
        return gettext(self.reason) if self.reason else ""

    def append(self, key: str, *, start: int, size: int, at: datetime) -> None:
        """Take one stored part as the next. Raises: PartOutOfPlace. Queries: 1 or 2.

        The guard is in the write: of two senders of the same part, one loses here.
        """
        taken = Upload.objects.filter(
            pk=self.pk, state=UploadState.RECEIVING, offset=start, length__gte=start + size
        ).update(offset=start + size, parts=_Append("parts", key), touched_at=at)
        if not taken:
            self.refresh_from_db()
            raise PartOutOfPlace(offset=self.offset)
        self.offset = start + size
        self.parts = [*self.parts, key]

    def move(self, state: UploadState, *, out_of: UploadState, at: datetime, **also: Any) -> bool:
        """Go from one state to another once; False when somebody else has. Queries: 1."""
        moved = Upload.objects.filter(pk=self.pk, state=out_of).update(
            state=state, touched_at=at, **also
        )
        if moved:
            self.state = state
            for name, value in also.items():
                setattr(self, name, value)
        return bool(moved)
