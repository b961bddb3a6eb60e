"""Prove that a rendition is whole before anybody can see it.

Every packet is read back from the finished file and the frames are decoded, with any error fatal;
length, streams, sizes and the order of the boxes are compared with what was asked for. Of the first
rendition every frame is decoded; of the others, made by the same encoder from the same pictures,
those that other frames build on. That saves a fifth of what verifying costs.
"""

import hashlib
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from vitrine.videos import jail, packets
from vitrine.videos.ladder import AV1, FIRST, H264, Rung
from vitrine.videos.probe import Probe

TOLERANCE_MS = 100
LIMITS_FILE_BYTES = 1 << 20
_PICTURE = {
    H264: r"Stream #0:0.*?: Video: h264 \(High\).*?, yuv420p\(.*?, (\d+)x(\d+)[ ,]",
    AV1: r"Stream #0:0.*?: Video: av1 .*?\(Main\).*?, yuv420p\(.*?, (\d+)x(\d+)[ ,]",
}
_SOUND = re.compile(r"Stream #0:1.*?: Audio: aac \(LC\).*?, 48000 Hz, stereo")
EMPTY_TAGS = (
    b"\0\0\0\x3dudta\0\0\0\x35meta\0\0\0\0\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl"
    b"\0\0\0\0\0\0\0\0\0\0\0\0\x08ilst"
)


class Unverified(Exception):
    """A rendition is not what it should be; the sentence says in what."""


@dataclass(frozen=True)
class Verified:
    """A rendition that may be shown."""

    rung: Rung
    path: Path
    size: int
    sha256: bytes
    bitrate_bps: int
    codecs: str


def verify(
    rungs: list[Rung],
    probe: Probe,
    *,
    folder: Path,
    threads: int,
    tick: jail.Tick | None = None,
) -> list[Verified]:
    """Decode renditions of one source, all at once, and compare them. Raises: Unverified."""
    limits = jail.Limits(
        wall_seconds=30 + probe.duration_ms / 100,
        cpu_seconds=60 + probe.duration_ms // 100,
        file_bytes=LIMITS_FILE_BYTES,
    )
    with ExitStack() as runs:
        running = [
            runs.enter_context(jail.started(_call(rung, threads), folder=folder, limits=limits))
            for rung in rungs
        ]
        ended = [run.wait(tick=tick) for run in running]
    return [
        _compared(rung, probe, end, folder / rung.file)
        for rung, end in zip(rungs, ended, strict=True)
    ]


def whole_sound(path: Path, probe: Probe, *, tick: jail.Tick | None = None) -> None:
    """Decode a clip's sound alone, with any error fatal. Raises: Unverified."""
    limits = jail.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=LIMITS_FILE_BYTES)
    arguments = [
        *("-loglevel", "info", "-nostats", "-xerror", "-err_detect", "explode"),
        *jail.source(path.name, max_pixels=1),
        *("-map", "0", "-f", "null", "-", "-map", "0", "-c", "copy", "-f", "framecrc", "pipe:1"),
    ]
    ended = jail.run(arguments, folder=path.parent, limits=limits, tick=tick)
    if ended.status != 0:
        raise Unverified(f"{path.name}: it can't be decoded: {_last_line(ended.report)}")
    length_ms = max((stream.end for stream in packets.read(ended.output)), default=0.0) * 1000
    if length_ms > probe.duration_ms + TOLERANCE_MS or length_ms <= 0:
        raise Unverified(f"{path.name}: {length_ms:.0f} of {probe.duration_ms} ms")


def _call(rung: Rung, threads: int) -> list[str]:
    return [
        *("-loglevel", "info", "-nostats", "-xerror", "-threads", str(threads)),
        *("-skip_loop_filter", "all", "-err_detect", "explode"),
        *([] if rung.name == FIRST else ["-skip_frame", "noref"]),
        *jail.source(rung.file, max_pixels=1 << 24),
        *("-map", "0", "-f", "null", "-", "-map", "0", "-c", "copy", "-f", "framecrc", "pipe:1"),
    ]


def _compared(rung: Rung, probe: Probe, ended: jail.Ended, path: Path) -> Verified:
    if ended.status != 0:
        raise Unverified(f"{rung.label}: it can't be decoded: {_last_line(ended.report)}")
    picture = re.search(_PICTURE[AV1 if rung.encoder == AV1 else H264], ended.report)
    if picture is None or (int(picture[1]), int(picture[2])) != (rung.width, rung.height):
        raise Unverified(f"{rung.label}: not 8-bit {rung.encoder} of {rung.width}×{rung.height}")
    if probe.has_sound and not _SOUND.search(ended.report):
        raise Unverified(f"{rung.label}: its sound is not stereo AAC at 48 kHz")
    length_ms = max((stream.end for stream in packets.read(ended.output)), default=0.0) * 1000
    frame_ms = 1000 / float(probe.frame_rate)
    if abs(length_ms - probe.duration_ms) > max(TOLERANCE_MS, 1.5 * frame_ms):
        raise Unverified(
            f"{rung.label}: {length_ms / 1000:.2f} of {probe.duration_ms / 1000:.2f} seconds"
        )
    return _measured(rung, path, probe)


def _measured(rung: Rung, path: Path, probe: Probe) -> Verified:
    content = path.read_bytes()
    boxes = top_boxes(content)
    if boxes[:1] != [b"ftyp"] or b"mdat" not in boxes or b"moov" not in boxes:
        raise Unverified(f"{rung.label}: not a whole MP4")
    if boxes.index(b"moov") > boxes.index(b"mdat"):
        raise Unverified(f"{rung.label}: its index is not in front")
    if carries_metadata(content[: content.index(b"mdat")]):
        raise Unverified(f"{rung.label}: it carries metadata")
    codec = av1_codec(content) if rung.encoder == AV1 else avc_codec(content)
    codec += ",mp4a.40.2" if probe.has_sound else ""
    bitrate_bps = len(content) * 8 * 1000 // max(1, probe.duration_ms)
    return Verified(rung, path, len(content), hashlib.sha256(content).digest(), bitrate_bps, codec)


def top_boxes(content: bytes) -> list[bytes]:
    """Return the types of an MP4's top-level boxes in order; a broken chain ends the list."""
    boxes, at = [], 0
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16])
        if size < 8 or at + size > len(content):
            return []
        boxes.append(kind)
        at += size
    return boxes


def carries_metadata(head: bytes) -> bool:
    """Tell whether the index holds anything but ffmpeg's one empty list of tags."""
    return head.replace(EMPTY_TAGS, b"").count(b"udta") > 0 or b"loci" in head


def avc_codec(content: bytes) -> str:
    """Return the RFC 6381 name of an MP4's picture, such as "avc1.64001f"."""
    at = content.index(b"avcC") + 5
    return f"avc1.{content[at : at + 3].hex()}"


def av1_codec(content: bytes) -> str:
    """Return the name of an MP4's 8-bit picture in AV1, such as "av01.0.04M.08"."""
    at = content.index(b"av1C") + 5
    profile, level = content[at] >> 5, content[at] & 31
    tier = "H" if content[at + 1] >> 7 else "M"
    return f"av01.{profile}.{level:02}{tier}.08"


def _last_line(report: str) -> str:
    lines = [line for line in report.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no reason given"
