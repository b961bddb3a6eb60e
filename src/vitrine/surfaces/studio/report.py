"""How a clip was prepared, for its creator: what came, what was made of it, and how soon."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal
from django.utils.translation import gettext

from vitrine.sovereignty.cell import locale
from vitrine.videos import ladder, loudness
from vitrine.videos.chips import CHIPS
from vitrine.videos.models import Clip, Encoding, EncodingState, Rendition
from vitrine.videos.probe import Probe

CODECS = {ladder.H264: "H.264", ladder.AV1: "AV1"}


@dataclass(frozen=True)
class Made:
    """One rendition. ready_s: seconds from the file's arrival until it could be watched."""

    name: str
    codec: str
    size: str
    kbps: int
    megabytes: float
    ready_s: float


@dataclass(frozen=True)
class Report:
    """The story of one clip's preparing. waited_s: None for clips of an earlier release.

    refusal: why a version is missing; empty where none is.
    without_chip: what an encoder in hardware said when it was given up; empty where none was.
    """

    came: Sequence[str]
    made: Sequence[Made]
    waited_s: float | None
    tries: int
    refusal: str
    without_chip: str


def of(clip: Clip, renditions: Sequence[Rendition]) -> Report | None:
    """Return the report of what has ended; None while it goes on. Queries: 0.

    clip: with its encoding already loaded.
    """
    encoding: Encoding | None = getattr(clip, "encoding", None)
    if encoding is None or not renditions or encoding.finished_at is None:
        return None
    started_at = encoding.started_at
    waited_s = (started_at - encoding.created_at).total_seconds() if started_at else None
    return Report(
        came=_came(clip, encoding),
        made=[_made(one, encoding) for one in renditions],
        waited_s=waited_s,
        tries=encoding.attempts,
        refusal=_refusal(encoding),
        without_chip=encoding.without_chip,
    )


def _refusal(encoding: Encoding) -> str:
    if encoding.state != EncodingState.FAILED:
        return ""
    if encoding.refined_from is not None:
        return gettext("The AV1 version could not be made. The others play as before.")
    return encoding.why


def _made(rendition: Rendition, encoding: Encoding) -> Made:
    began = encoding.refined_from if rendition.encoder == ladder.AV1 else None
    ready = rendition.verified_at - (began or encoding.created_at)
    return Made(
        name=rendition.name.removesuffix("av1"),
        codec=_codec(rendition.encoder),
        size=f"{rendition.width} × {rendition.height}",
        kbps=round(rendition.bitrate_bps / 1000),
        megabytes=rendition.size / 1e6,
        ready_s=ready.total_seconds(),
    )


def _codec(encoder: str) -> str:
    if encoder in CHIPS:
        return gettext("H.264 by {chip}").format(chip=encoder)
    return CODECS.get(encoder, encoder)


def _came(clip: Clip, encoding: Encoding) -> list[str]:
    """Say what the file was, in a few words each."""
    megabytes = format_decimal(clip.original_bytes / 1e6, "#,##0.0", locale=locale())
    words = [f"{clip.width} × {clip.height}", f"{megabytes} MB"]
    try:
        found = Probe.recalled(encoding.found or {})
    except (KeyError, TypeError):
        return words  # another release looked into it
    rate = format_decimal(round(float(found.frame_rate), 2), locale=locale())
    words += [found.codec.upper(), gettext("{rate} pictures a second").format(rate=rate)]
    words += [gettext("HDR, shown as SDR")] if found.is_hdr else []
    words += [gettext("interlaced, woven")] if found.is_interlaced else []
    if not found.has_sound:
        return [*words, gettext("no sound")]
    if found.loudness_lufs < loudness.SILENCE_LUFS:
        return [*words, gettext("silence")]
    heard = gettext("sound at {lufs} LUFS, levelled to −14")
    return [*words, heard.format(lufs=f"{found.loudness_lufs:.0f}")]
