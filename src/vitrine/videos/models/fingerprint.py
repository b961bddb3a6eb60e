"""What clips look and sound like, and what must not come back."""

from datetime import datetime
from typing import ClassVar, Self

import numpy as np
from django.db import models

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.fingerprints import CODE_BYTES, HASH_BYTES, Bits, Print
from vitrine.videos.models.clip import Clip

PRINTED = ("pictures", "motions", "sound")


def _bits(stored: bytes | memoryview, width: int) -> Bits:
    return np.frombuffer(bytes(stored), np.uint8).reshape(-1, width)


class _Printed(models.Model):
    """The columns of a fingerprint: rows of bits, one after another."""

    pictures = models.BinaryField(default=bytes)
    motions = models.BinaryField(default=bytes)
    sound = models.BinaryField(default=bytes)

    class Meta:
        abstract = True

    @property
    def print(self) -> Print:
        """Return the fingerprint as it is compared."""
        return Print(
            _bits(self.pictures, HASH_BYTES),
            _bits(self.motions, HASH_BYTES),
            _bits(self.sound, CODE_BYTES),
        )

    @staticmethod
    def columns(taken: Print) -> dict[str, bytes]:
        """Return the columns' values of a fingerprint that was taken."""
        return {name: getattr(taken, name).tobytes() for name in PRINTED}


@datamap.declare(
    purpose="Recognise copies of a clip",
    retention="with the clip",
    subject="clip__creator",
    PERSONAL="pictures motions sound at",
    SYSTEM="id home_cell clip",
)
class Fingerprint(_Printed):
    """What one clip looks and sounds like. Taken as it is prepared, from its first rendition."""

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="fingerprint")
    at = models.DateTimeField()

    @classmethod
    def keep(cls, clip: Clip, taken: Print, *, at: datetime) -> None:
        """Keep a clip's fingerprint, instead of an earlier one. Queries: 1."""
        row = Fingerprint(clip=clip, at=at, **cls.columns(taken))
        Fingerprint.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["clip"], update_fields=[*PRINTED, "at"]
        )


class BannedPrintQuerySet(models.QuerySet["BannedPrint"]):
    """Which banned fingerprints."""

    def in_force(self) -> Self:
        """Not lifted."""
        return self.filter(lifted_at=None)


@datamap.declare(
    purpose="Keep films that were removed from coming back",
    retention="for good, unless lifted on appeal",
    subject="clip__creator",
    PERSONAL="pictures motions sound clip reason at lifted_at",
    SYSTEM="id home_cell",
)
class BannedPrint(_Printed):
    """A film that must not come back. It outlives its clip. reason: a code of the cell's policy."""

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=12)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    objects = BannedPrintQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clip"], condition=models.Q(lifted_at=None), name="banned_print_once"
            ),
        ]

    @classmethod
    def ban(cls, clip: Clip, *, reason: str, at: datetime) -> None:
        """Keep copies of a clip out; again is no error. Queries: 2, or 1 without a fingerprint."""
        found = Fingerprint.objects.filter(clip=clip).first()
        if found is not None:
            row = cls(clip=clip, reason=reason, at=at, **cls.columns(found.print))
            cls.objects.bulk_create([row], ignore_conflicts=True)

    @classmethod
    def lift(cls, clip: Clip, *, at: datetime) -> None:
        """Let copies of a clip in again. Queries: 1."""
        cls.objects.in_force().filter(clip=clip).update(lifted_at=at)
