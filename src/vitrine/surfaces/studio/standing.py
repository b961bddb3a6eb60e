"""Where a clip stands, in words for its creator."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop

from vitrine.surfaces.studio import outing
from vitrine.videos.models import Cause, Clip, EncodingState, Takedown, UploadState


class Stage(StrEnum):
    """What a creator can do next depends on this."""

    UPLOADING = gettext_noop("Uploading")
    WAITING = gettext_noop("Waiting")
    ENCODING = gettext_noop("Preparing")
    FAILED = gettext_noop("Failed")
    DRAFT = gettext_noop("Draft")
    SCHEDULED = gettext_noop("Scheduled")
    PUBLISHED = gettext_noop("Published")
    HELD = gettext_noop("Waits")
    TAKEN_DOWN = gettext_noop("Taken down")

    @property
    def label(self) -> str:
        """Return what it is called in the language of the page."""
        return gettext(self.value)


TONES = {
    Stage.UPLOADING: "info",
    Stage.WAITING: "info",
    Stage.ENCODING: "info",
    Stage.FAILED: "bad",
    Stage.DRAFT: "brass",
    Stage.SCHEDULED: "info",
    Stage.PUBLISHED: "good",
    Stage.HELD: "warn",
    Stage.TAKEN_DOWN: "bad",
}


@dataclass(frozen=True)
class Standing:
    """One clip's stage. percent: of the work going on, None when none is.

    is_moving: it changes by itself, so a page that shows it asks again.
    """

    stage: Stage
    sentence: str
    percent: int | None = None
    is_moving: bool = False

    @property
    def tone(self) -> str:
        """Return the tone of the stage's badge."""
        return TONES[self.stage]


def of(clip: Clip, *, is_playable: bool) -> Standing:
    """Say where a clip stands. is_playable: it has a verified rendition. Queries: 0.

    clip: with its upload, encoding, remix and takedown already loaded.
    """
    takedown = getattr(clip, "takedown", None)
    if takedown is not None and is_playable:
        return _hidden(takedown)
    refining = _refining(clip) if is_playable else None
    if clip.published_at is not None:
        return Standing(
            Stage.PUBLISHED,
            gettext("People can watch it. Sharper versions are being made: {percent} %.").format(
                percent=refining
            )
            if refining is not None
            else gettext("People can watch it."),
            refining,
            is_moving=refining is not None,
        )
    if is_playable:
        planned = outing.of(clip)
        if planned is not None and not planned.is_late:
            return Standing(Stage.SCHEDULED, planned.sentence, refining, refining is not None)
        return Standing(
            Stage.DRAFT,
            gettext(
                "It plays and can be published. Sharper versions are being made: {percent} %."
            ).format(percent=refining)
            if refining is not None
            else gettext("It plays and can be published. Until then only you see it."),
            refining,
            is_moving=refining is not None,
        )
    return _not_playable(clip)


def _hidden(takedown: Takedown) -> Standing:
    if takedown.cause == Cause.HELD:
        return Standing(
            Stage.HELD, gettext("A moderator reads its words first. Only you see it so far.")
        )
    sentence = gettext(
        "Only you see it. Your statements, under your account, say why and how to appeal."
    )
    return Standing(Stage.TAKEN_DOWN, sentence)


def _refining(clip: Clip) -> int | None:
    """Say how far the first ladder is; a later refinement changes nothing that is worth a wait."""
    encoding = getattr(clip, "encoding", None)
    if encoding is None or encoding.refined_from is not None:
        return None
    if encoding.state not in {EncodingState.WAITING, EncodingState.RUNNING}:
        return None
    return int(encoding.progress)


def _not_playable(clip: Clip) -> Standing:
    encoding = getattr(clip, "encoding", None)
    upload = clip.upload
    if encoding is None:
        return _arriving(clip)
    if encoding.state == EncodingState.FAILED:
        reason = encoding.why.rstrip(". ") or gettext("The clip could not be prepared")
        return Standing(Stage.FAILED, f"{reason}. {_what_to_do(clip)}")
    if encoding.state == EncodingState.RUNNING:
        percent = int(encoding.progress)
        sentence = gettext("The clip is being prepared: {percent} %.").format(percent=percent)
        return Standing(Stage.ENCODING, sentence, percent, is_moving=True)
    if upload is not None and upload.state == UploadState.COMPLETE:
        sentence = gettext("The file has arrived and is being read.")
        return Standing(Stage.WAITING, sentence, is_moving=True)
    sentence = gettext("The file has arrived. It is in line to be prepared.")
    return Standing(Stage.WAITING, sentence, is_moving=True)


def _what_to_do(clip: Clip) -> str:
    remix = getattr(clip, "remix", None)
    if remix is not None:
        return gettext("Try again, or go on without it: your own film is here.")
    return gettext("Export it again and send the new file.")


def _arriving(clip: Clip) -> Standing:
    upload = clip.upload
    if upload is None or upload.state == UploadState.CANCELLED:
        return Standing(
            Stage.FAILED, gettext("The upload was cancelled. Delete this draft, or start again.")
        )
    if upload.state == UploadState.REFUSED:
        return Standing(Stage.FAILED, upload.why or gettext("The file could not be read."))
    if upload.state == UploadState.RECEIVING:
        percent = upload.offset * 100 // upload.length if upload.length else 0
        sentence = gettext("{percent} % of the file has arrived.").format(percent=percent)
        return Standing(Stage.UPLOADING, sentence, percent, is_moving=True)
    sentence = gettext("The file has arrived and is being read.")
    return Standing(Stage.WAITING, sentence, is_moving=True)
