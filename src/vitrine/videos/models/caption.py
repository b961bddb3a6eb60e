"""What is said in a clip, as people read it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q

from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos import cutting
from vitrine.videos import webvtt as files
from vitrine.videos.models.clip import Clip
from vitrine.videos.webvtt import Cue


class NobodySpeaks(Refusal):
    """The clip is marked as having no spoken words."""

    code = "clip_speechless"
    message = "This clip is marked as having no spoken words. Take the mark away first."


class CaptionQuerySet(models.QuerySet["Caption"]):
    """Which captions."""

    def drafts(self) -> Self:
        """Neither written nor checked by the clip's creator yet."""
        return self.filter(Q(heard_at__isnull=False) | Q(carried_at__isnull=False))


class CaptionsChanged(Refusal):
    """Somebody saved other captions since these were opened. facts: version, as it is now."""

    code = "captions_changed"
    message = (
        "These captions were changed elsewhere since you opened them here, in another tab perhaps. "
        "What you typed is still here, and not saved."
    )


@datamap.declare(
    purpose="Let people read what is said",
    retention="with the clip",
    subject="clip__creator",
    PUBLIC="language webvtt heard_at carried_at",
    SYSTEM="id home_cell clip",
)
class Caption(models.Model):
    """A clip's captions in one language, as WebVTT.

    heard_at: when a machine wrote them; carried_at: when they were taken over, as a person wrote
    them, from the clip that this one is made with. Both None once its creator has checked them.
    """

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="captions")
    language = models.CharField(max_length=8)
    webvtt = models.TextField()
    heard_at = models.DateTimeField(null=True)
    carried_at = models.DateTimeField(null=True)

    objects = CaptionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "language"], name="caption_once"),
        ]

    @property
    def url(self) -> str:
        """Return where a ``<track>`` reads the captions from."""
        return f"/m/captions/{self.clip.public_id}/{self.language}.vtt"

    @property
    def is_draft(self) -> bool:
        """Tell whether the clip's creator has neither written nor checked them yet."""
        return self.heard_at is not None or self.carried_at is not None

    @property
    def version(self) -> str:
        """Name this very text, so that a change meanwhile is noticed."""
        return hashlib.sha256(self.webvtt.encode()).hexdigest()[:16]

    @classmethod
    def write(cls, clip: Clip, language: str, webvtt: str, *, over: str | None = None) -> "Caption":
        """Keep what a person wrote. Raises: NobodySpeaks, CaptionsChanged. Locks: the clip.

        over: the version that it was written over, empty for none; None replaces whatever is there.
        """
        with transaction.atomic():
            known = cls._locked(clip, language)
            version = known.version if known else ""
            if over is not None and over != version:
                raise CaptionsChanged(version=version)
            caption = known or cls(clip=clip, language=language)
            caption.webvtt, caption.heard_at, caption.carried_at = webvtt, None, None
            caption.save()
        return caption

    @classmethod
    def hear(cls, clip: Clip, language: str, cues: Sequence[Cue], *, at: datetime) -> bool:
        """Keep what a machine heard; False where a person has written. Raises: NobodySpeaks.

        Among captions that were carried, which a person wrote, it fills the gaps only.
        """
        with transaction.atomic():
            known = cls._locked(clip, language)
            if known is not None and not known.is_draft:
                return False
            caption = known or cls(clip=clip, language=language)
            carried = caption.webvtt if caption.carried_at else ""
            caption.webvtt = cutting.fill(carried, cues) if carried else files.write(cues)
            caption.heard_at = at
            caption.save()
        return True

    @classmethod
    def carry(cls, clip: Clip, theirs: "Caption", webvtt: str, *, at: datetime) -> bool:
        """Take another clip's captions over; False where there are some. Raises: NobodySpeaks.

        What a machine heard there is a machine's here too, and may be heard anew.
        """
        with transaction.atomic():
            if cls._locked(clip, theirs.language) is not None:
                return False
            cls.objects.create(
                clip=clip, language=theirs.language, webvtt=webvtt,
                heard_at=theirs.heard_at, carried_at=None if theirs.heard_at else at,
            )  # fmt: skip
        return True

    @classmethod
    def _locked(cls, clip: Clip, language: str) -> "Caption | None":
        """Let one writer at a time near a clip's captions and its mark."""
        if Clip.objects.select_for_update().get(pk=clip.pk).speechless_at is not None:
            raise NobodySpeaks
        return cls.objects.filter(clip=clip, language=language).first()
