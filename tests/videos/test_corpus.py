"""Any phone, any camera: each film of the corpus through the product's own encoding.

Upright, with its colours, at its length, sound and picture together, of even size, 8-bit 4:2:0
and level, as read by another library than made it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.videos.corpus import FILMS
from tests.videos.drawing import BLUE, GREEN, GREY, RED, X264, Film, draw
from tests.videos.press import loudness_of, made, press
from vitrine.videos import loudness

RATE = 48_000
FREQUENCY = 3_000


@dataclass(frozen=True)
class Shown:
    """A finished rendition as a player sees it. pictures: (seconds, frame)."""

    size: tuple[int, int]
    pixel_format: str
    seconds: float
    pictures: list[tuple[float, Any]]
    sound: Any

    @property
    def flash(self) -> float:
        """Return when the first white picture is shown."""
        dark = _luma(self.pictures[0][1]).mean()
        lit = (at for at, frame in self.pictures if _luma(frame).mean() > dark + 60)
        return next(lit, -1.0)

    @property
    def beep(self) -> float:
        """Return when the high tone begins."""
        if self.sound is None:
            return -1.0
        # A quarter period apart, squared and added: the tone's strength whatever its phase.
        step = RATE // FREQUENCY // 4
        window = np.ones(96) / 96
        high = np.diff(self.sound, n=2)
        power = np.convolve(high[step:] ** 2 + high[:-step] ** 2, window, "valid")
        loud: Any = np.flatnonzero(power > power.max() / 4) if power.max() > 1e-4 else []
        return float(loud[0]) / RATE if len(loud) else -1.0


def shown(path: Path) -> Shown:
    """Read a rendition whole."""
    with av.open(str(path)) as film:
        (stream,) = film.streams.video
        size = stream.codec_context.width, stream.codec_context.height
        pixel_format = str(stream.codec_context.pix_fmt)
        assert film.duration is not None
        seconds = film.duration / 1e6
        pictures = [(float(frame.time or 0), frame) for frame in film.decode(video=0)]
    return Shown(size, pixel_format, seconds, pictures, _heard(path))


def _heard(path: Path) -> Any:
    """Return the left ear, its first sample at 0 s."""
    with av.open(str(path)) as film:
        if not film.streams.audio:
            return None
        heard = np.zeros(RATE * 10)
        for frame in film.decode(audio=0):
            start = round((frame.time or 0) * RATE)
            samples = frame.to_ndarray()[0]
            if start < 0:
                samples, start = samples[-start:], 0
            heard[start : start + len(samples)] = samples
    return heard


def _luma(frame: Any) -> Any:
    return frame.to_ndarray()[: frame.height, : frame.width].astype(float)


def _colour(frame: Any, x: float, y: float) -> Any:
    """Return the colour of a patch, as BT.709 in limited range has it. x, y: of 1."""
    planes = [
        np.frombuffer(p, np.uint8).reshape(-1, p.line_size)[:, : p.width] for p in frame.planes
    ]
    means = []
    for plane in planes:
        row, column = int(plane.shape[0] * y), int(plane.shape[1] * x)
        means.append(plane[row - 2 : row + 3, column - 2 : column + 3].mean())
    luma, blue, red = (means[0] - 16) / 219, (means[1] - 128) / 224, (means[2] - 128) / 224
    rgb = (
        luma + 1.5748 * red,
        luma - 0.1873 * blue - 0.4681 * red,
        luma + 1.8556 * blue,
    )
    return np.array(rgb) * 255


QUARTERS = {(0.25, 0.25): RED, (0.75, 0.25): GREEN, (0.25, 0.75): BLUE, (0.75, 0.75): GREY}


def assert_upright(frame: Any, film: Film) -> None:
    """Compare each quarter's colour; nearer to its own than to any other's, and near enough."""
    for (x, y), expected in QUARTERS.items():
        colour = _colour(frame, x, y)
        if film.tint < 0:
            assert np.ptp(colour) < 4
            continue
        nearest = min(QUARTERS.values(), key=lambda one: np.abs(colour - one).sum())
        assert nearest == expected, (x, y, colour)
        assert np.abs(colour - expected).max() <= film.tint, (expected, colour)


@pytest.mark.parametrize("name", FILMS)
def test_a_film_of_any_make_plays_as_it_was_meant(name: str, tmp_path: Path) -> None:
    film = FILMS[name]
    path = draw(film, tmp_path)

    pressed = press(path, tmp_path / "work")

    seen = shown(pressed.first)
    assert seen.size == film.shown
    assert seen.size[0] % 2 == seen.size[1] % 2 == 0
    assert seen.pixel_format == "yuv420p"
    assert seen.seconds == pytest.approx(film.seconds, abs=0.1)
    assert pressed.found.duration_ms / 1000 == pytest.approx(film.seconds, abs=0.1)
    assert_upright(seen.pictures[0][1], film)
    assert pressed.found.has_sound is film.has_sound
    if film.cue >= 0:
        frame = 1 / float(pressed.found.frame_rate)
        assert seen.flash == pytest.approx(film.cue, abs=max(0.04, frame))
    if film.has_sound and film.cue >= 0:
        assert seen.beep == pytest.approx(seen.flash, abs=0.04)
    if film.level:
        assert loudness_of(pressed.first) == pytest.approx(loudness.TARGET_LUFS, abs=1.0)


@pytest.mark.parametrize("scan", ["tff", "bff"])
def test_fields_are_woven_so_that_moving_edges_have_no_teeth(scan: str, tmp_path: Path) -> None:
    drawn = "testsrc2=s=320x180:r=50:d=0.6,scroll=h=0.02"
    fields = f"interlace=scan={scan}:lowpass=off"
    flags = ["-flags", "+ilme+ildct", "-x264-params", f"{scan}=1"]
    films = {}
    for name, graph, options in (("woven", f"{drawn},{fields}", flags), ("whole", drawn, [])):
        folder = tmp_path / name
        folder.mkdir()
        path = made(
            folder, "-f", "lavfi", "-i", graph, *X264.split(), "-pix_fmt", "yuv420p", *options
        )
        films[name] = press(path, folder / "work")

    assert films["woven"].found.is_interlaced
    assert not films["whole"].found.is_interlaced
    assert _teeth(films["woven"].first) < 1.5 * _teeth(films["whole"].first)


def _teeth(path: Path) -> float:
    """Tell how much lines differ from both neighbours where those agree: what combs do."""
    frames = [_luma(frame) for _, frame in shown(path).pictures[4:]]
    luma = np.stack(frames)
    middle, above, below = luma[:, 1:-1], luma[:, :-2], luma[:, 2:]
    agree = np.abs(above - below) < 8
    return float((np.abs(middle - above) * agree > 24).mean())
