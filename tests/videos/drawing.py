"""Films as phones, cameras, editors and the web make them, drawn by ffmpeg: small and short.

Every film shows the same: a red, a green, a blue and a grey quarter, so that any turn or mirroring
shows; half a second in, a white flash and a beep of 3 kHz, so that sound and picture can be held
against each other; below it a quiet tone, so that loudness can be measured.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from vitrine.videos import jail

SECONDS = 1.2
CUE = 0.5
"""Seconds at which the film flashes and beeps."""

RED, GREEN, BLUE, GREY = (176, 48, 48), (48, 144, 48), (48, 48, 176), (144, 144, 144)
"""The quarters as shown: top left, top right, bottom left, bottom right."""

X264 = "-c:v libx264 -preset ultrafast -crf 14"
HEVC = "-c:v libx265 -preset ultrafast -crf 16 -x265-params log-level=none:frame-threads=1:pools=1"
AV1 = "-c:v libsvtav1 -preset 12 -crf 24 -svtav1-params lp=1"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -auto-alt-ref 0"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M"
AAC = "-c:a aac -b:a 128k"
TV601 = "scale=out_color_matrix=smpte170m:out_range=tv"
TV709 = "scale=out_color_matrix=bt709:out_range=tv"
LINEAR = (
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
    "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020:"
)
PQ = f"{LINEAR}t=smpte2084:m=bt2020nc:r=tv,format=yuv420p10le"
HLG = f"{LINEAR}t=arib-std-b67:m=bt2020nc:r=tv,format=yuv420p10le"
SDR_2020 = f"{LINEAR}t=2020_10:m=bt2020nc:r=tv,format=yuv420p10le"
PQ_TAGS = "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc"
HLG_TAGS = "-color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc"
BT709_TAGS = "-color_primaries bt709 -color_trc bt709 -colorspace bt709"
BT601_TAGS = "-color_primaries smpte170m -color_trc smpte170m -colorspace smpte170m"
TONE = "0.04*sin(2*PI*300*t)+0.4*sin(2*PI*3000*t)*between(t\\,{cue}\\,{until})"


@dataclass(frozen=True)
class Film:
    """One film to make, and what must come of it.

    size: as drawn. picture: filters after the drawing. options: of the encoders, one string.
    again: "input options|output options" of a second run that only copies the streams.
    dolby: mark it as Dolby Vision. shown: the first rendition's size.
    seconds, cue: how long it plays, and when it flashes.
    level: whether it is loud and long enough to be levelled. tint: how far a colour may be off.
    """

    file: str
    size: tuple[int, int] = (192, 108)
    rate: str = "30"
    picture: str = ""
    options: str = f"{X264} {AAC}"
    sound: str | None = "c=stereo"
    offset: str = ""
    inputs: str = ""
    again: str = ""
    dolby: bool = False
    shown: tuple[int, int] = (192, 108)
    seconds: float = SECONDS
    cue: float = CUE
    has_sound: bool = True
    level: bool = True
    tint: int = 14
    length: float = SECONDS


def picture(film: Film) -> str:
    """Return the graph that draws the film's pictures: RGB until its own filters say else."""
    width, height = film.size
    quarters = "".join(
        f",drawbox=x={x}:y={y}:w={-(-width // 2)}:h={-(-height // 2)}:c={_hex(colour)}:t=fill"
        for x, y, colour in (
            (width // 2, 0, GREEN),
            (0, height // 2, BLUE),
            (width // 2, height // 2, GREY),
        )
    )
    flash = f"between(t,{CUE - 0.001},{CUE + 0.1})"
    graph = (
        f"color=c={_hex(RED)}:s={width}x{height}:r={film.rate}:d={film.length},format=gbrp{quarters}"
        f",drawbox=c=white:t=fill:enable='{flash}'"
    )
    subsampled = "" if "-pix_fmt" in film.options or "prores" in film.options else "format=yuv420p"
    return ",".join(filter(None, [graph, film.picture, subsampled]))


def _hex(colour: tuple[int, int, int]) -> str:
    return "0x" + bytes(colour).hex()


def draw(film: Film, folder: Path) -> Path:
    """Make a film in a folder; return its file."""
    path = folder / film.file
    target = folder / f"before-{Path(film.file).stem}{path.suffix}"
    target = target if film.again else path
    arguments = ["-f", "lavfi", "-i", picture(film)]
    if film.sound is not None:
        cue = CUE - float(film.offset or 0)
        tone = TONE.format(cue=cue, until=cue + 0.1)
        arguments += ["-itsoffset", film.offset] if film.offset else []
        arguments += ["-f", "lavfi", "-i", f"aevalsrc={_spread(tone, film.sound)}:d={film.length}"]
    arguments += [*film.inputs.split(), *film.options.split(), str(target)]
    _ffmpeg(arguments)
    if film.again:
        before, after = film.again.split("|")
        _ffmpeg([*before.split(), "-i", str(target), *after.split(), str(path)])
    if film.dolby:
        path.write_bytes(_as_dolby_vision(path.read_bytes()))
    return path


def _as_dolby_vision(content: bytes) -> bytes:
    """Mark an HEVC file in HLG as phones do: Dolby Vision, profile 8.4, over that base layer.

    The box goes to the end of the picture's description; what holds it grows. The index is at the
    end of the file, so that no place in it moves. The layer itself is dropped by every decoder.
    """
    profile = (8 << 9) | (1 << 3) | 0b101
    box = (32).to_bytes(4) + b"dvvC" + bytes([1, 0]) + profile.to_bytes(2) + bytes([4 << 4])
    box += bytes(32 - len(box))
    grown = bytearray(content)
    at = content.rindex(b"hvc1")
    end = at - 4 + int.from_bytes(content[at - 4 : at])
    for name in (b"hvc1", b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        at = content.rindex(name, 0, at + 4)
        size = int.from_bytes(content[at - 4 : at])
        grown[at - 4 : at] = (size + len(box)).to_bytes(4)
    return bytes(grown[:end] + box + grown[end:])


def _spread(tone: str, sound: str) -> str:
    """Return the tone for each channel of a layout ("c=5.1:s=44100")."""
    channels = {"mono": 1, "stereo": 2, "quad": 4, "5.1": 6, "7.1": 8}
    layout = dict(word.split("=") for word in sound.split(":"))["c"]
    return f"'{'|'.join([tone] * channels[layout])}':{sound}"


def _ffmpeg(arguments: list[str]) -> None:
    ended = subprocess.run(
        [
            jail.binary(),
            "-hide_banner",
            "-nostdin",
            "-y",
            "-v",
            "error",
            "-xerror",
            "-threads",
            "1",
            *arguments,
        ],
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
