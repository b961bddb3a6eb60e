"""Film an object: one picture after another into an encoder, with its music."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.ops.demo.drawing import rigs
from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.lens import View
from vitrine.ops.demo.drawing.light import Studio
from vitrine.ops.demo.drawing.scene import Scene, Shot
from vitrine.ops.demo.drawing.stage import Room
from vitrine.ops.demo.score.score import Mood, compose, write

FRAMES_PER_SECOND = 24
WIDTH, HEIGHT = 540, 960
STILL = 720
FINENESS = 0.92
"""Points a pixel apart. Closer costs more and shows no more."""


@dataclass(frozen=True)
class Look:
    """How an object is best seen.

    wide: how much space fits across; target: the height looked at; above: degrees from which
    the eye looks down; start: degrees turned at first.
    """

    wide: float = 2.05
    target: float = 0.72
    above: float = 13.0
    start: float = -25.0


@dataclass(frozen=True)
class Subject:
    """An object and how it is best seen."""

    solid: Callable[[], list[Part]]
    look: Look


@dataclass(frozen=True)
class Film:
    """How a subject is filmed. It loops: the last picture leads into the first.

    turns: whole turns a film; or none, and sway: degrees there and back again.
    """

    subject: Subject
    mood: Mood
    studio: Studio = rigs.DUSK
    room: Room = rigs.UMBER
    seconds: float = 8.0
    turns: int = 1
    sway: float = 0.0
    seed: int = 1


def shot(film: Film, share: float, *, width: int, height: int) -> Shot:
    """Say where the camera is and how far the object has turned at a share of the film."""
    look, swing = film.subject.look, 2 * np.pi * share
    near = 0.5 - 0.5 * np.cos(swing)
    view = View.of(
        width=width,
        height=height,
        distance=4.8,
        around=7.5 * np.sin(swing + 0.6),
        above=look.above + 1.5 * np.sin(swing),
        target=look.target,
        wide=look.wide * (1.03 - 0.09 * near),
        middle=0.455,
    )
    # The turn eases in and out a little, so that the front is seen longest.
    turned = film.turns * (swing - 0.35 * np.sin(swing)) + np.radians(film.sway) * near
    return Shot(view, share, float(turned + np.radians(look.start)))


def pictures(
    film: Film, *, width: int = WIDTH, height: int = HEIGHT
) -> Iterator[NDArray[np.uint8]]:
    """Draw a film's pictures in order."""
    spacing = film.subject.look.wide / width * FINENESS
    scene = Scene(film.subject.solid(), film.studio, film.room, spacing=spacing, seed=film.seed)
    count = round(film.seconds * FRAMES_PER_SECOND)
    if film.turns:
        for k in range(count):
            yield scene.picture(shot(film, k / count, width=width, height=height))
        return
    # What only sways goes there and back: the way back shows the same pictures again.
    there = []
    for k in range(count // 2 + 1):
        share = 0.25 - 0.25 * np.cos(2 * np.pi * k / count)
        there.append(scene.picture(shot(film, float(share), width=width, height=height)))
        yield there[-1]
    yield from there[count - count // 2 - 1 : 0 : -1]


def make(film: Film, target: Path, *, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Draw, score and encode a film into an MP4 at target."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "score.wav"
        write(compose(film.mood, seconds=film.seconds, seed=film.seed), sound)
        order = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
        ]
        order += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
        order += ["-r", str(FRAMES_PER_SECOND), "-i", "pipe:0", "-i", str(sound)]
        order += ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]
        order += ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
        order += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "2"]
        order += [
            "-c:a",
            "aac",
            "-b:a",
            "160k",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            str(target),
        ]
        with (
            subprocess.Popen(order, stdin=subprocess.PIPE) as encoder,
            cast("IO[bytes]", encoder.stdin) as frames,
        ):
            for picture in pictures(film, width=width, height=height):
                frames.write(picture.tobytes())
        if encoder.returncode:
            raise RuntimeError(f"the encoder ended with {encoder.returncode}")


def still(subject: Subject, *, side: int = STILL) -> Image.Image:
    """Draw a subject once as a product picture: in daylight, on paper white."""
    look = subject.look
    wide = look.wide * 1.04
    view = View.of(
        width=side,
        height=side,
        distance=4.8,
        around=0,
        above=look.above + 2,
        target=look.target,
        wide=wide,
        middle=0.5,
    )
    scene = Scene(
        subject.solid(),
        rigs.DAYLIGHT,
        rigs.PAPER,
        spacing=wide / side * FINENESS,
        seed=1,
        case=False,
    )
    turn = float(np.radians(look.start))
    return Image.fromarray(scene.picture(Shot(view, 0.0, turn)))
