"""What the renditions of real clips are made of, read by another library than made them."""

import hashlib
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.videos.press import Pressed, Pressing, loudness_of, made, press
from vitrine.videos import ladder, loudness, packets, probe, verify
from vitrine.videos.placeholder import data_uri, placeholder

CLIPS = [
    "portrait-bee.mp4",
    "variant-butterfly-av1.mp4",
    "portrait-flower.mp4",
    "rotated-phone-juggle-m90.mp4",
]


@pytest.fixture(scope="module", params=CLIPS)
def pressed(request: pytest.FixtureRequest, pressing: Pressing) -> Pressed:
    return pressing(f"derived/{request.param}")


def first_picture(path: Path) -> Any:
    with av.open(str(path)) as film:
        return next(film.decode(video=0)).to_ndarray(format="gray").astype(float)


def test_renditions_are_what_every_browser_plays(pressed: Pressed) -> None:
    for made_of in pressed.renditions.values():
        with av.open(str(made_of.path)) as film:
            (picture,) = film.streams.video
            assert picture.codec_context.name == "h264"
            assert picture.codec_context.profile == "High"
            assert picture.codec_context.pix_fmt == "yuv420p"
            assert picture.width % 2 == picture.height % 2 == 0
            assert picture.width == made_of.rung.width
            assert min(picture.width, picture.height) <= made_of.rung.name
            assert film.duration is not None
            assert film.duration / 1e6 == pytest.approx(pressed.found.duration_ms / 1000, abs=0.1)
            for sound in film.streams.audio:
                assert sound.codec_context.name == "aac"
                assert sound.codec_context.layout.name == "stereo"
                assert sound.codec_context.sample_rate == 48000
            assert len(film.streams) == 1 + pressed.found.has_sound
        boxes = verify.top_boxes(made_of.path.read_bytes())
        assert boxes.index(b"moov") < boxes.index(b"mdat")


def test_key_pictures_come_at_least_every_two_seconds(pressed: Pressed) -> None:
    with av.open(str(pressed.first)) as film:
        keys = [
            float(frame.time)
            for frame in film.decode(video=0)
            if frame.key_frame and frame.time is not None
        ]
    ends = [*keys[1:], pressed.found.duration_ms / 1000]
    assert keys[0] == 0
    assert all(end - key <= 2.1 for key, end in zip(keys, ends, strict=True))


def test_sound_is_level(pressed: Pressed) -> None:
    is_silent = pressed.found.loudness_lufs < loudness.SILENCE_LUFS
    for made_of in pressed.renditions.values() if pressed.found.has_sound else ():
        level = loudness_of(made_of.path)
        assert level <= -60 if is_silent else level == pytest.approx(-14.0, abs=1.0)


def test_the_poster_is_the_first_picture(pressed: Pressed) -> None:
    shown = np.asarray(Image.open(pressed.folder / ladder.POSTER).convert("L"), dtype=float)
    first = first_picture(pressed.first)

    assert shown.shape == first.shape
    assert np.abs(shown - first).mean() < 12


def test_the_placeholder_fits_146_bytes_and_looks_like_it(pressed: Pressed) -> None:
    tiny = placeholder(pressed.folder / ladder.POSTER)

    assert len(tiny) <= 146
    assert len(data_uri(tiny)) <= 219
    small = Image.open(io.BytesIO(tiny)).convert("RGB")
    poster = Image.open(pressed.folder / ladder.POSTER).convert("RGB")
    size = (4, 7)
    expected = np.asarray(poster.resize(size, Image.Resampling.BOX), dtype=float)
    assert np.abs(np.asarray(small.resize(size), dtype=float) - expected).mean() < 25


def test_a_turned_phone_film_stands_upright(shared: Path, pressing: Pressing) -> None:
    lying = first_picture(shared / "media" / "derived" / "rotated-phone-juggle-m90.mp4")

    upright = first_picture(pressing("derived/rotated-phone-juggle-m90.mp4").first)

    def alike(turned: Any) -> float:
        size = (27, 48)
        one, two = (
            np.asarray(Image.fromarray(a.astype("uint8")).resize(size), dtype=float).ravel()
            for a in (turned, upright)
        )
        return float(np.corrcoef(one, two)[0, 1])

    assert lying.shape == (540, 960)
    assert upright.shape == (960, 540)
    assert alike(np.rot90(lying, -1)) > 0.98
    assert alike(np.rot90(lying, 1)) < 0.8


def test_sound_and_picture_stay_together(tmp_path: Path) -> None:
    """A white flash and a beep at 1.0 s, in a film whose picture starts late."""
    flash = "color=black:s=360x640:r=30:d=2,drawbox=enable='between(n,30,32)':t=fill:c=white"
    beep = "sine=f=1000:d=2:r=48000,volume='between(t,1,1.1)':eval=frame"
    path = made(
        tmp_path, "-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, "-c:a", "aac", "-shortest"
    )

    film = press(path, tmp_path / "work").first

    with av.open(str(film)) as opened:
        bright = [
            frame.time
            for frame in opened.decode(video=0)
            if frame.to_ndarray(format="gray").mean() > 128
        ]
    with av.open(str(film)) as opened:
        loud = [
            frame.time + float(index) / 48000
            for frame in opened.decode(audio=0)
            for index in np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.1)[:1]
            if frame.time is not None
        ]
    assert bright[0] == pytest.approx(1.0, abs=0.02)
    assert loud[0] == pytest.approx(bright[0], abs=0.04)


def test_hdr_becomes_a_picture_that_is_neither_grey_nor_burnt(pressing: Pressing) -> None:
    pressed = pressing("odd/dolby-vision-hlg-rotated.MOV")

    picture = first_picture(pressed.first)
    assert pressed.found.is_hdr
    assert 60 < picture.mean() < 210
    assert picture.std() > 40


def test_the_same_file_gives_the_same_bytes(shared: Path, tmp_path: Path) -> None:
    path = shared / "media" / "odd" / "fragmented.mp4"

    # With threads, x264's rate control sees the others' work as it comes.
    one, two = (press(path, tmp_path / name, threads=1) for name in ("one", "two"))

    for name, made_of in one.renditions.items():
        assert made_of.sha256 == two.renditions[name].sha256
        assert hashlib.sha256(made_of.path.read_bytes()).digest() == made_of.sha256


def test_a_cut_rendition_is_not_verified(shared: Path, tmp_path: Path) -> None:
    pressed = press(shared / "media" / "odd" / "h264-10bit.mp4", tmp_path / "work")
    content = pressed.first.read_bytes()
    rungs = [one.rung for one in pressed.renditions.values()]

    for broken in (content[: len(content) // 2], content[:-2000] + bytes(2000)):
        pressed.first.write_bytes(broken)
        with pytest.raises(verify.Unverified):
            verify.verify(rungs, pressed.found, folder=pressed.folder, threads=1)


@pytest.mark.parametrize(
    "width, height, expected",
    [
        (1080, 1920, [(540, 540, 960), (720, 720, 1280), (360, 360, 640)]),
        (1920, 1080, [(540, 960, 540), (720, 1280, 720), (360, 640, 360)]),
        (600, 600, [(540, 540, 540), (720, 600, 600), (360, 360, 360)]),
        (540, 960, [(540, 540, 960), (360, 360, 640)]),
        (480, 854, [(540, 480, 854), (360, 360, 640)]),
        (161, 121, [(540, 160, 120)]),
        (1, 1, [(540, 2, 2)]),
        (720, 7200, [(540, 216, 2160), (720, 288, 2880), (360, 144, 1440)]),
    ],
)
def test_rungs_are_even_in_proportion_and_never_larger(
    width: int, height: int, expected: list[tuple[int, int, int]]
) -> None:
    assert [(r.name, r.width, r.height) for r in ladder.rungs(width, height)] == expected


@pytest.mark.parametrize(
    "times, rate",
    [
        ([n / 30 for n in range(90)], Fraction(30)),
        ([n * 1001 / 30000 for n in range(900)], Fraction(30000, 1001)),
        ([n / 240 for n in range(900)], Fraction(60)),
        ([round(n / 30, 3) for n in range(200)], Fraction(30)),
        ([n / 30 for n in range(200) if n % 3], Fraction(30)),
        ([0.0, 5.0], Fraction(1)),
        ([0.0], Fraction(25)),
    ],
)
def test_the_rate_is_constant_and_loses_no_picture(times: list[float], rate: Fraction) -> None:
    assert packets.frame_rate(times) == rate


def test_one_decode_makes_all_other_rungs() -> None:
    found = probe.Probe(
        1080, 1920, 9000, Fraction(30), "h264", "yuv420p", "bt709", "bt709", True, -20.0, -3.0
    )

    call = ladder.second_call(found, "anull", threads=2)

    assert call.count("-i") == 1
    assert [word for word in call if word.startswith("file:")] == [
        "file:source",
        "file:720.mp4",
        "file:360.mp4",
    ]
