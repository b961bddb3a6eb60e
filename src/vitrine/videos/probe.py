"""Find out what an uploaded file really is, without believing its header.

One jailed ffmpeg run walks every packet, decodes the first picture and measures the loudness.
Length comes from the packets, size from the decoded picture, so that a lying header changes
nothing; nothing is ever allocated by what a header says.
"""

import re
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext, ngettext

from vitrine.kernel.errors import Refusal
from vitrine.videos import jail, packets

MAX_PIXELS = 4096 * 2304
"""The largest picture: 4K. Above it, a decoder's reference pictures outgrow the memory limit."""
LIMITS = jail.Limits(wall_seconds=30, cpu_seconds=30, file_bytes=1 << 20)
HDR_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})
WIDE_PRIMARIES = frozenset({"bt2020", "smpte431", "smpte432"})
"""BT.2020 and the two P3: shown as if they were BT.709, their colours are pale."""


class NotAccepted(Refusal):
    """The file can't become a clip."""

    code = "file_not_accepted"
    status: ClassVar[int] = 422


class EmptyFile(NotAccepted):
    """The file has no bytes."""

    code = "file_empty"
    message = "This file is empty. Choose the video again."


class NotAVideo(NotAccepted):
    """The file is something else."""

    code = "not_a_video"
    message = "This file is not a video that we can read. Send MP4, MOV, WebM, MKV or AVI."


class NoPicture(NotAccepted):
    """The file has sound alone."""

    code = "no_picture"
    message = "This file has sound but no picture. A clip needs video."


class Damaged(NotAccepted):
    """The container is a video's, but its index or its pictures can't be read."""

    code = "video_damaged"
    message = "This video is damaged or cut off: its index is missing. Export or send it again."


class UnknownCodec(NotAccepted):
    """The container is fine; what is inside isn't."""

    code = "codec_unknown"
    message = "This video uses a format that we can't decode. Export it as H.264 or HEVC."


class TooLong(NotAccepted):
    """The clip is over the cell's limit."""

    code = "too_long"


class TooLarge(NotAccepted):
    """The picture has more pixels than can be prepared."""

    code = "too_many_pixels"
    message = "This video is larger than 4K. Export it at 1080p or 4K."


class TooHard(NotAccepted):
    """Reading the file used up what reading a file may use."""

    code = "too_hard_to_read"
    message = "This video takes too long to read. Export it again in a usual format."


@dataclass(frozen=True)
class Probe:
    """What a file holds. width, height: upright, with square pixels, as it should be seen."""

    width: int
    height: int
    duration_ms: int
    frame_rate: Fraction
    codec: str
    pixel_format: str
    transfer: str
    matrix: str
    has_sound: bool
    loudness_lufs: float
    peak_dbfs: float
    is_interlaced: bool = False
    primaries: str = "unknown"

    def remembered(self) -> dict[str, Any]:
        """Return it as JSON can keep it; ``recalled`` takes it back."""
        finite = {k: v for k, v in asdict(self).items() if v != float("-inf")}
        return {**finite, "frame_rate": str(self.frame_rate)}

    @classmethod
    def recalled(cls, kept: dict[str, Any]) -> "Probe":
        """Return what was remembered. Raises: TypeError where another release kept it."""
        silent = {"loudness_lufs": float("-inf"), "peak_dbfs": float("-inf")}
        return cls(**{**silent, **kept, "frame_rate": Fraction(kept["frame_rate"])})

    @property
    def is_hdr(self) -> bool:
        """Tell whether the picture needs tone mapping."""
        return self.transfer in HDR_TRANSFERS

    @property
    def is_wide(self) -> bool:
        """Tell whether the colours must be brought into BT.709."""
        return self.primaries in WIDE_PRIMARIES


PICTURE_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif")


def sniff(head: bytes) -> None:
    """Refuse, by its first bytes, what is plainly something else. Raises: NotAccepted."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise EmptyFile
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    heif = head[4:8] == b"ftyp" and head[8:12] in PICTURE_BRANDS
    if head.startswith(PICTURE_MAGIC) or webp or heif:
        raise NotAVideo(gettext("This file is a picture, not a video."))
    if text.startswith(b"#extm3u"):
        raise NotAVideo(
            gettext("This file is a playlist that points elsewhere. Send the video itself.")
        )
    if text.startswith((b"<", b"{")):
        raise NotAVideo(gettext("This file is a text or a web page, not a video."))


def probe(path: Path, *, max_seconds: float) -> Probe:
    """Read a file that a stranger made. path: alone in its folder. Raises: NotAccepted."""
    with path.open("rb") as file:
        head = file.read(64)
    sniff(head)
    arguments = [
        *("-loglevel", "info", "-nostats"),
        *jail.source(path.name, max_pixels=MAX_PIXELS),
        *("-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-f", "framecrc", "pipe:1"),
        *("-map", "0:V:0", "-frames:v", "1", "-vf", "showinfo=checksum=0", "-f", "null", "-"),
        *("-map", "0:a:0?", "-af", f"{STEREO},ebur128=peak=sample:framelog=quiet"),
        *("-f", "null", "-"),
    ]
    try:
        ended = jail.run(arguments, folder=path.parent, limits=LIMITS)
    except jail.OutOfBounds:
        raise TooHard from None
    return _read(ended, head, max_seconds)


STEREO = "aformat=channel_layouts=stereo:sample_rates=48000"

_INPUT_STREAM = re.compile(r"^ +Stream #0:\d+.*?: (Video|Audio): (\w+)", re.MULTILINE)
_FIRST_PICTURE = re.compile(r"n: +0 .*? fmt:(\w+) .*?sar:(\d+)/(\d+) s:(\d+)x(\d+) i:(\w)")
_DECLARED = re.compile(r"^  Duration: (\d+):(\d+):([\d.]+),", re.MULTILINE)
_COLOURS = re.compile(r"color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)")
_LOUDNESS = re.compile(r"^ +I: +(-?[\d.]+|-inf) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^ +Peak: +(-?[\d.]+|-inf) dBFS", re.MULTILINE)


def _read(ended: jail.Ended, head: bytes, max_seconds: float) -> Probe:
    report = ended.report
    named = _INPUT_STREAM.findall(report)
    pictures = [codec for kind, codec in named if kind == "Video"]
    if not named:
        raise Damaged if _is_container(head) else NotAVideo
    if not pictures:
        raise NoPicture
    streams = packets.read(ended.output)
    picture = next((stream for stream in streams if stream.kind == "video"), None)
    sounds = [stream for stream in streams if stream.kind == "audio" and stream.times]
    if picture is None or not picture.times:
        raise Damaged(
            gettext("This video is damaged: it has no pictures. Export or send it again.")
        )
    seconds = packets.shown_seconds(picture, sounds, declared=_declared(report))
    if seconds > max_seconds:
        sentence = gettext("This video is {length} long. The longest clip is {longest}.")
        raise TooLong(sentence.format(length=_spoken(seconds), longest=_spoken(max_seconds)))
    first = _FIRST_PICTURE.search(report)
    if first is None:
        raise _why_no_picture(report)
    pixel_format, sar_width, sar_height, width, height, fields = first.groups()
    upright_width, upright_height = _square(
        int(width), int(height), int(sar_width), int(sar_height)
    )
    colours = _COLOURS.search(report)
    loudness, peak = _LOUDNESS.search(report), _PEAK.search(report)
    return Probe(
        width=upright_width,
        height=upright_height,
        duration_ms=max(1, round(seconds * 1000)),
        frame_rate=packets.frame_rate(picture.times),
        codec=pictures[0],
        pixel_format=pixel_format,
        matrix=colours[1] if colours else "unknown",
        transfer=colours[3] if colours else "unknown",
        has_sound=bool(sounds) and loudness is not None,
        loudness_lufs=float(loudness[1]) if loudness else float("-inf"),
        peak_dbfs=float(peak[1]) if peak else float("-inf"),
        is_interlaced=fields != "P",
        primaries=colours[2] if colours else "unknown",
    )


def _is_container(head: bytes) -> bool:
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free") or head[:4] in (
        b"\x1aE\xdf\xa3",
        b"RIFF",
    )


def _why_no_picture(report: str) -> NotAccepted:
    if "max_pixels" in report or "Picture size" in report:
        return TooLarge()
    if "not on whitelist" in report or "Decoder not found" in report or "no decoder" in report:
        return UnknownCodec()
    return Damaged(
        gettext("This video is damaged: its pictures can't be decoded. Export it again.")
    )


def _square(width: int, height: int, sar_width: int, sar_height: int) -> tuple[int, int]:
    """Undo non-square pixels by widening, never by losing lines. An absurd ratio is ignored."""
    if sar_width <= 0 or sar_height <= 0 or not 0.1 < sar_width / sar_height < 10:
        return width, height
    if abs(sar_width / sar_height - 1) < 0.01:
        return width, height
    if sar_width >= sar_height:
        return round(width * sar_width / sar_height), height
    return width, round(height * sar_height / sar_width)


def _declared(report: str) -> float | None:
    """Return the length that the header claims, in seconds."""
    declared = _DECLARED.search(report)
    if declared is None:
        return None
    hours, minutes, seconds = declared.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _spoken(seconds: float) -> str:
    whole = round(seconds)
    if whole < 120:
        return _seconds(whole)
    minutes, rest = divmod(whole, 60)
    said = ngettext("{number} minute", "{number} minutes", minutes).format(number=minutes)
    return f"{said} {_seconds(rest)}" if rest else said


def _seconds(number: int) -> str:
    return ngettext("{number} second", "{number} seconds", number).format(number=number)
