"""What is composed of two films, as ffmpeg calls: a duet, a stitch, a clip's sound anew.

Pure: it writes argument lists and runs nothing. What comes of them is a film like an upload, near
to lossless, that the ladder then takes: one place decides on size, colour, rate and loudness. Each
voice is brought to the same loudness first, so that none drowns the other; sound is kept as
floats, in which nothing clips. Source: docs/adr/0048-sounds-and-remixes.md.
"""

import math
from dataclasses import replace
from fractions import Fraction

from vitrine.videos import jail
from vitrine.videos.ladder import FIRST, Rung, drawn_from, fit
from vitrine.videos.loudness import GREATEST_GAIN_DB, SILENCE_LUFS, TARGET_LUFS
from vitrine.videos.probe import MAX_PIXELS, STEREO, Probe

OWN, THEIRS = "source", "origin"
"""The names of the two files in the working folder."""
COMPOSED = "composed.mov"
HALF = (540, 960)
"""The largest half of a duet: what a phone held upright films, at the size that most see."""
STITCH_SIDE = 720
"""The short side of a stitch: the sharpest rendition's."""
_QUALITY = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-g", "60")
_COLOURS = (
    *("-color_range", "tv", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)
_FLOATS = "aformat=sample_fmts=flt"

Size = tuple[int, int]


def duet_call(own: Probe, theirs: Probe, *, threads: int) -> list[str]:
    """Put two films side by side, the own one left; both begin at once and end with the shorter."""
    half = duet_half(own, theirs)
    rate = max(own.frame_rate, theirs.frame_rate)
    length_ms = min(own.duration_ms, theirs.duration_ms)
    graph = [
        f"[0:V:0]{_within(half, own, rate)}[left]",
        f"[1:V:0]{_within(half, theirs, rate)}[right]",
        "[left][right]hstack=inputs=2[v]",
        *_together([_voice(0, own), _voice(1, theirs)]),
    ]
    inputs = [*_film(OWN), *_film(THEIRS)]
    return _call(inputs, graph, own.has_sound or theirs.has_sound, length_ms, threads)


def duet_half(own: Probe, theirs: Probe) -> Size:
    """Return the smallest half that holds either film whole, none enlarged beyond the other."""
    most_width = min(HALF[0], max(own.width, theirs.width))
    most_height = min(HALF[1], max(own.height, theirs.height))
    fitted = [_contained(one, (most_width, most_height)) for one in (own, theirs)]
    return max(width for width, _ in fitted), max(height for _, height in fitted)


def stitch_call(
    own: Probe, theirs: Probe, *, from_ms: int, until_ms: int, threads: int
) -> list[str]:
    """Show a span of the other's film, then the own one, in the own one's shape."""
    size = fit(own.width, own.height, STITCH_SIDE)
    span_ms = until_ms - from_ms
    graph = []
    for index, (found, length_ms) in enumerate([(theirs, span_ms), (own, own.duration_ms)]):
        cut = f"trim=duration={_seconds(length_ms)},setpts=PTS-STARTPTS"
        graph.append(f"[{index}:V:0]{_within(size, found, own.frame_rate)},{cut}[v{index}]")
        voice = _voice(index, found) or f"anullsrc=r=48000:cl=stereo,{_FLOATS}"
        # Padded, then cut: each part's sound is exactly as long as its picture.
        graph.append(
            f"{voice},apad,atrim=duration={_seconds(length_ms)},asetpts=PTS-STARTPTS[a{index}]"
        )
    graph.append("[v0][a0][v1][a1]concat=n=2:v=1:a=1[v][heard]")
    inputs = ["-ss", _seconds(from_ms), "-t", _seconds(span_ms), *_film(THEIRS), *_film(OWN)]
    return _call(inputs, graph, True, span_ms + own.duration_ms, threads)


def sound_call(own: Probe, *, sound_ms: int, own_level: int) -> list[str]:
    """Make a clip's sound anew: another's from its beginning, again and again, to the clip's end.

    own_level: how much of the own sound stays under it, in percent.
    """
    again = f"aloop=loop=-1:size={max(1, sound_ms * 48)}"
    graph = [f"[1:a:0]aresample=48000:async=1:first_pts=0,{STEREO},{_FLOATS},{again}[theirs]"]
    kept = _voice(0, own, quieter_db=-20 * math.log10(own_level / 100)) if own_level else ""
    if kept:
        graph += [f"{kept}[own]", "[theirs][own]amix=inputs=2:normalize=0[heard]"]
    else:
        graph[0] = graph[0].removesuffix("[theirs]") + "[heard]"
    return [
        *_said(),
        *_film(OWN),
        *_film(THEIRS),
        *("-filter_complex", ";".join(graph), "-map", "[heard]", "-c:a", "pcm_f32le"),
        *_end(own.duration_ms),
    ]


def _contained(found: Probe, most: Size) -> Size:
    """Return the even size at which a film fits into another, enlarged where that is larger."""
    scale = min(most[0] / found.width, most[1] / found.height)
    return _even(found.width * scale), _even(found.height * scale)


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))


def _within(size: Size, found: Probe, rate: Fraction) -> str:
    """Return the filters that show a film in the middle of a black picture of that size."""
    width, height = _contained(found, size)
    rung = Rung(FIRST, min(width, size[0]), min(height, size[1]))
    shown = ",".join(drawn_from(replace(found, frame_rate=rate), rung))
    return f"{shown},pad={size[0]}:{size[1]}:(ow-iw)/2:(oh-ih)/2,setsar=1"


def _voice(index: int, found: Probe, *, quieter_db: float = 0.0) -> str:
    """Return the filters that bring an input's sound to the common loudness. Empty: it has none."""
    if not found.has_sound:
        return ""
    gain = 0.0
    if found.loudness_lufs >= SILENCE_LUFS:
        gain = min(GREATEST_GAIN_DB, TARGET_LUFS - found.loudness_lufs)
    start = "aresample=48000:async=1:first_pts=0"
    return f"[{index}:a:0]{start},{STEREO},{_FLOATS},volume={gain - quieter_db:.2f}dB"


def _together(voices: list[str]) -> list[str]:
    """Return the graph that lets all voices be heard at once."""
    heard = [voice for voice in voices if voice]
    if len(heard) < 2:
        return [f"{voice}[heard]" for voice in heard]
    named = [f"{voice}[voice{index}]" for index, voice in enumerate(heard)]
    ends = "".join(f"[voice{index}]" for index in range(len(heard)))
    return [*named, f"{ends}amix=inputs={len(heard)}:normalize=0[heard]"]


def _call(
    inputs: list[str], graph: list[str], has_sound: bool, length_ms: int, threads: int
) -> list[str]:
    sound = ["-map", "[heard]", "-c:a", "pcm_f32le"] if has_sound else []
    return [
        *_said(),
        *("-threads", str(threads), "-filter_complex_threads", str(threads)),
        *inputs,
        *("-filter_complex", ";".join(graph), "-map", "[v]"),
        *(*_QUALITY, "-threads:v", str(threads), *_COLOURS),
        *sound,
        *_end(length_ms),
    ]


def _said() -> list[str]:
    return ["-loglevel", "error", "-progress", "pipe:1", "-stats_period", "1"]


def _film(name: str) -> list[str]:
    return jail.source(name, max_pixels=MAX_PIXELS)


def _end(length_ms: int) -> list[str]:
    return [
        *("-t", _seconds(length_ms), "-map_metadata", "-1", "-map_metadata:s", "-1"),
        *("-map_chapters", "-1", "-f", "mov", f"file:{COMPOSED}"),
    ]


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"
