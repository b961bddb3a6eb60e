"""The renditions of a clip, as two ffmpeg calls: 540 alone, then all others in one decode.

A third makes 540 once more in AV1, for clips that are watched often enough to be worth it.
Pure: it writes argument lists and runs nothing. Every output is H.264 High or AV1 Main, 8-bit
4:2:0, BT.709, upright, square pixels, even sides, constant rate of at most 60, a closed GOP of at
most two seconds, AAC 96 kbit/s stereo at 48 kHz near -14 LUFS, ``moov`` first, and without any
metadata. Source: docs/adr/0011-ladder.md.
"""

import re
from dataclasses import dataclass

from vitrine.videos import jail
from vitrine.videos.chips import CHIPS
from vitrine.videos.loudness import BITRATE_BPS
from vitrine.videos.probe import MAX_PIXELS, Probe

FIRST = 540
OTHERS = (720, 360)
LONGEST_SIDE = 4
"""The longest side in short sides; beyond it a strip is made smaller rather than longer."""

BITRATES = {360: 700_000, 540: 1_300_000, 720: 2_400_000}
"""Ceilings, so that 540 plays without a stall at 1.6 Mbit/s; crf decides below them."""
CRF = {360: "24", 540: "22", 720: "24"}
"""Within 900 kbit/s, 24 gave 540 a mean VMAF of 88.9 on real clips, 22 gives 90.4."""
DENSE_CEILING = 900_000
DENSE_QUALITY = ("-preset", "8", "-crf", "38")
H264, AV1 = "libx264", "libsvtav1"
POSTER, SOUND = "poster.webp", "sound.m4a"
SOUND_BPS = 160_000
"""Of a sound alone: it is encoded once more in each clip that uses it."""
_FROM_ZERO = "aresample=48000:async=1:first_pts=0"
_OUT_TIME = re.compile(rb"^out_time_us=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Rung:
    """One rendition to make. name: its nominal short side. width, height: its true size."""

    name: int
    width: int
    height: int
    encoder: str = H264

    @property
    def label(self) -> str:
        """Return the name of the rendition that comes of it."""
        return f"{self.name}{'av1' if self.encoder == AV1 else ''}"

    @property
    def file(self) -> str:
        """Return its file name in the working folder."""
        return f"{self.label}.mp4"


def rungs(width: int, height: int, *, encoder: str = H264) -> list[Rung]:
    """Return the rungs of an upright picture, the first to be made first. Never upscaled.

    A picture below 540 has one rung of its own size under that name, and below it 360.
    encoder: libx264, or that of a chip.
    """
    short = min(width, height)
    names = [FIRST]
    names += [name for name in OTHERS if (short > FIRST if name > FIRST else short > name)]
    return [Rung(name, *fit(width, height, name), encoder=encoder) for name in names]


def dense(width: int, height: int) -> Rung:
    """Return the first rung once more, for a slower encoder that needs fewer bytes."""
    return Rung(FIRST, *fit(width, height, FIRST), encoder=AV1)


def fit(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Return even sides within a rung, in proportion, never larger than the picture."""
    scale = min(
        1.0,
        short_side / min(width, height),
        LONGEST_SIDE * short_side / max(width, height),
    )
    return _even(width, scale), _even(height, scale)


def _even(side: int, scale: float) -> int:
    """Round to the nearest even side; down where rounding up would enlarge."""
    even = 2 * round(side * scale / 2)
    return max(2, even if even <= side else even - 2)


def first_call(
    probe: Probe,
    gain: str,
    *,
    threads: int,
    source: str = "source",
    sound: str = "",
    encoder: str = H264,
) -> list[str]:
    """Return the arguments that make the first rung and the poster."""
    rung = rungs(probe.width, probe.height, encoder=encoder)[0]
    picture = ",".join([*drawn_from(probe, rung), "split=2[v][p]"])
    uploaded, made = _uploaded(rung, "[v]")
    graph = [f"[0:V:0]{picture}", *uploaded, *_sound(probe, gain, 1, other=bool(sound))]
    return [
        *_input(source, sound, threads, encoder),
        *("-filter_complex", ";".join(graph)),
        *_output(probe, rung, made, "[a0]", threads),
        *("-map", "[p]", "-frames:v", "1", "-c:v", "libwebp", "-quality", "72"),
        *("-map_metadata", "-1", "-f", "webp", f"file:{POSTER}"),
    ]


def second_call(
    probe: Probe,
    gain: str,
    *,
    threads: int,
    source: str = "source",
    sound: str = "",
    encoder: str = H264,
) -> list[str]:
    """Return the arguments that make all other rungs in one decode. Empty: there are none."""
    others = rungs(probe.width, probe.height, encoder=encoder)[1:]
    if not others:
        return []
    # The largest is scaled from the source; each smaller one from the larger: less to read.
    graph = []
    for index, rung in enumerate(others):
        steps = drawn_from(probe, rung) if index == 0 else [_scale(rung)]
        last = index == len(others) - 1
        ends = f"[v{index}]" if last else f"split=2[v{index}][s{index + 1}]"
        start = "[0:V:0]" if index == 0 else f"[s{index}]"
        graph.append(start + ",".join(steps) + (ends if last else f",{ends}"))
    graph += _sound(probe, gain, len(others), other=bool(sound))
    outputs = []
    for index, rung in enumerate(others):
        uploaded, made = _uploaded(rung, f"[v{index}]")
        graph += uploaded
        outputs += _output(probe, rung, made, f"[a{index}]", threads)
    return [*_input(source, sound, threads, encoder), "-filter_complex", ";".join(graph), *outputs]


def dense_call(
    probe: Probe, gain: str, *, threads: int, source: str = "source", sound: str = ""
) -> list[str]:
    """Return the arguments that make the first rung again, in AV1."""
    rung = dense(probe.width, probe.height)
    picture = ",".join(drawn_from(probe, rung))
    return [
        *_input(source, sound, threads, AV1),
        *(
            "-filter_complex",
            ";".join([f"[0:V:0]{picture}[v]", *_sound(probe, gain, 1, other=bool(sound))]),
        ),
        *_output(probe, rung, "[v]", "[a0]", threads),
    ]


def sound_call(gain: str, *, duration_ms: int, source: str = "source") -> list[str]:
    """Return the arguments that make the sound alone, as loud as in the renditions."""
    return [
        *("-loglevel", "error", *jail.source(source, max_pixels=MAX_PIXELS), "-vn"),
        *("-filter_complex", f"[0:a:0]{_FROM_ZERO},{gain}[a0]", "-map", "[a0]"),
        *("-c:a", "aac", "-b:a", str(SOUND_BPS), "-ac", "2", "-flags:a", "+bitexact"),
        *_end(duration_ms, SOUND),
    ]


def _input(source: str, sound: str, threads: int, encoder: str) -> list[str]:
    """Return the input arguments. sound: the file that is heard, where it is not the source."""
    heard = jail.source(sound, max_pixels=MAX_PIXELS) if sound else []
    return [
        *("-loglevel", "error", "-progress", "pipe:1", "-stats_period", "1"),
        *(CHIPS[encoder].opening if encoder in CHIPS else ()),
        *("-threads", str(threads), "-filter_complex_threads", str(threads)),
        *jail.source(source, max_pixels=MAX_PIXELS),
        *heard,
    ]


def _uploaded(rung: Rung, picture: str) -> tuple[list[str], str]:
    """Return the graph that brings a picture to the rung's encoder, and the picture's new name."""
    upload = CHIPS[rung.encoder].upload if rung.encoder in CHIPS else ""
    if not upload:
        return [], picture
    there = picture.replace("[", "[on_chip_")
    return [f"{picture}{upload}{there}"], there


def drawn_from(probe: Probe, rung: Rung) -> list[str]:
    """Return the filters from the decoded, already upright picture to a rung's picture.

    The rate comes first, so that dropped pictures cost nothing more. Side data goes: it can
    carry captions, time codes and unregistered messages of the source. Fields are woven into whole
    pictures before anything else looks at them.
    """
    rate = f"{probe.frame_rate.numerator}/{probe.frame_rate.denominator}"
    woven = ["bwdif=mode=send_frame:deint=interlaced"] if probe.is_interlaced else []
    return [*woven, f"fps={rate}:start_time=0", "sidedata=mode=delete", *_colour(probe, rung)]


def _colour(probe: Probe, rung: Rung) -> list[str]:
    if probe.is_hdr:
        # Made small in ten bits first: tone mapping works on floats, pixel by pixel.
        return [
            f"scale={rung.width}:{rung.height}:flags=bicubic,setsar=1",
            f"zscale=tin={probe.transfer}:pin=bt2020:t=linear:npl=203,format=gbrpf32le",
            "zscale=p=bt709,tonemap=tonemap=mobius:desat=2:peak=6",
            "zscale=t=bt709:m=bt709:r=tv,format=yuv420p",
        ]
    if probe.is_wide:
        return [
            f"scale={rung.width}:{rung.height}:flags=bicubic,setsar=1",
            f"zscale=pin={probe.primaries}:tin=bt709:t=linear,format=gbrpf32le",
            "zscale=p=bt709:t=bt709:m=bt709:r=tv,format=yuv420p",
        ]
    known = probe.matrix not in ("unknown", "unspecified", "reserved", "gbr")
    unnamed = "bt709" if min(probe.width, probe.height) >= 720 else "smpte170m"
    matrix = "" if known else f"in_color_matrix={unnamed}:"
    return [
        f"scale={rung.width}:{rung.height}:flags=bicubic:{matrix}out_color_matrix=bt709:out_range=tv",
        "setsar=1,format=yuv420p",
    ]


def _scale(rung: Rung) -> str:
    return f"scale={rung.width}:{rung.height}:flags=bicubic,setsar=1"


def _sound(probe: Probe, gain: str, copies: int, *, other: bool) -> list[str]:
    """Return the graph of the sound: decoded and levelled once, however many outputs.

    other: it comes from a second file.
    """
    if not probe.has_sound:
        return []
    outputs = "".join(f"[a{index}]" for index in range(copies))
    start = f"[{int(other)}:a:0]{_FROM_ZERO},{gain}"
    return [start + (f",asplit={copies}{outputs}" if copies > 1 else outputs)]


def _output(probe: Probe, rung: Rung, picture: str, sound: str, threads: int) -> list[str]:
    arguments = [
        *("-map", picture, *_encode(rung, threads)),
        *("-g", str(max(1, int(probe.frame_rate * 2)))),
        *("-color_range", "tv", "-colorspace", "bt709"),
        *("-color_primaries", "bt709", "-color_trc", "bt709"),
    ]
    if probe.has_sound:
        arguments += ["-map", sound, "-c:a", "aac", "-b:a", str(BITRATE_BPS), "-ac", "2"]
        arguments += ["-flags:a", "+bitexact"]
    return [*arguments, *_end(probe.duration_ms, rung.file)]


def _end(duration_ms: int, file: str) -> list[str]:
    return [
        *("-t", f"{duration_ms / 1000:.3f}"),
        *("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"),
        *("-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", f"file:{file}"),
    ]


def _encode(rung: Rung, threads: int) -> list[str]:
    if rung.encoder == AV1:
        return _av1(rung, threads)
    if rung.encoder in CHIPS:
        told = CHIPS[rung.encoder].tell(CRF[rung.name], str(BITRATES[rung.name]))
        return ["-c:v", rung.encoder, *told, "-profile:v", "high"]
    return _h264(rung, threads)


def _h264(rung: Rung, threads: int) -> list[str]:
    ceiling = str(BITRATES[rung.name])
    return [
        *("-c:v", H264, "-preset", "veryfast", "-crf", CRF[rung.name]),
        *("-profile:v", "high", "-flags:v", "+cgop+bitexact"),
        *("-maxrate", ceiling, "-bufsize", ceiling, "-threads:v", str(threads)),
        *("-a53cc", "0", "-udu_sei", "0"),
    ]


def _av1(rung: Rung, threads: int) -> list[str]:
    ceiling = str(DENSE_CEILING)
    return [
        *("-c:v", AV1, *DENSE_QUALITY, "-flags:v", "+cgop+bitexact"),
        *("-maxrate", ceiling, "-bufsize", ceiling),
        *("-svtav1-params", f"lp={threads}:tune=0"),
    ]


def seconds_done(printed: bytes) -> float:
    """Return how far a call is, from what ``-progress`` printed last."""
    times = _OUT_TIME.findall(printed)
    return int(times[-1]) / 1e6 if times else 0.0
