"""What is said in a clip, as people read it."""

import hashlib
from datetime import datetime
from typing import ClassVar

from django.db import models, transaction

from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip


class NobodySpeaks(Refusal):
    """The clip is marked as having no spoken words."""

    code = "clip_speechless"
    message = "This clip is marked as having no spoken words. Take the mark away first."


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
    PUBLIC="language webvtt heard_at",
    SYSTEM="id home_cell clip",
)
class Caption(models.Model):
    """A clip's captions in one language, as WebVTT.

    heard_at: when a machine wrote them; None once a person has written or checked them.
    """

    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="captions")
    language = models.CharField(max_length=8)
    webvtt = models.TextField()
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "language"], name="caption_once"),
        ]

    @property
    def url(self) -> str:
        """Return where a ``<track>`` reads the captions from."""
        return f"/m/captions/{self.clip.public_id}/{self.language}.vtt"

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
            caption.webvtt, caption.heard_at = webvtt, None
            caption.save()
        return caption

    @classmethod
    def hear(cls, clip: Clip, language: str, webvtt: str, *, at: datetime) -> bool:
        """Keep what a machine heard; False where a person has written. Raises: NobodySpeaks."""
        with transaction.atomic():
            known = cls._locked(clip, language)
            if known is not None and known.heard_at is None:
                return False
            caption = known or cls(clip=clip, language=language)
            caption.webvtt, caption.heard_at = webvtt, at
            caption.save()
        return True

    @classmethod
    def _locked(cls, clip: Clip, language: str) -> "Caption | None":
        """Let one writer at a time near a clip's captions and its mark."""
        if Clip.objects.select_for_update().get(pk=clip.pk).speechless_at is not None:
            raise NobodySpeaks
        return cls.objects.filter(clip=clip, language=language).first()
