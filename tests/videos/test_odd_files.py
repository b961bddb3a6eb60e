"""Every odd file either becomes a clip that plays right or is refused by its cause, in time."""

import shutil
import time
from pathlib import Path

import pytest

from tests.videos.press import Pressing
from vitrine.videos import jail, ladder, probe

SECONDS = 10.0

REFUSED = {
    "zero-byte.mp4": (probe.EmptyFile, "This file is empty. Choose the video again."),
    "random-bytes.mp4": (probe.NotAVideo, "This file is not a video that we can read."),
    "truncated-no-moov.mp4": (probe.Damaged, "its index is missing"),
    "png-named.mp4": (probe.NotAVideo, "This file is a picture, not a video."),
    "html-script-named.mp4": (probe.NotAVideo, "a text or a web page"),
    "hls-playlist-named.mp4": (probe.NotAVideo, "a playlist that points elsewhere"),
    "audio-only-named.mp4": (probe.NoPicture, "sound but no picture"),
    "long-20min-tiny.mp4": (
        probe.TooLong,
        "This video is 20 minutes long. The longest clip is 3 minutes.",
    ),
}

# name: size of the first rendition, seconds, stereo sound
ACCEPTED = {
    "rotated-m90-5.1-audio.mp4": ((540, 960), 2.01, True),
    "dolby-vision-hlg-rotated.MOV": ((540, 960), 0.11, True),
    "vp9-odd-dimensions.webm": ((160, 120), 1.00, False),
    "fragmented.mp4": ((810, 540), 1.07, True),
    "h264-10bit.mp4": ((200, 200), 1.00, False),
    "webm-no-duration.webm": ((960, 540), 4.94, True),
    "-name-starts-with-dash-.mp4": ((2, 2), 5.00, False),
    "rotated-180-vfr.mp4": ((960, 540), 2.38, True),
    "iphone-livephoto-gps.mov": ((720, 540), 1.23, True),
    "truncated-half-faststart.mp4": ((540, 960), 5.04, False),
    "moov-at-end.mp4": ((540, 960), 6.08, False),
    "lying-duration-years.mp4": ((540, 960), 6.08, False),
    "metadata-xss-sqli-gps.mp4": ((540, 960), 2.07, True),
    "fps-240.mp4": ((360, 640), 5.00, False),
}


def test_the_two_tables_name_every_odd_file(shared: Path) -> None:
    names = {path.name for path in (shared / "media" / "odd").iterdir() if path.is_file()}

    assert names == REFUSED.keys() | ACCEPTED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_cause(name: str, shared: Path, tmp_path: Path) -> None:
    refusal, sentence = REFUSED[name]
    source = tmp_path / "source"
    shutil.copyfile(shared / "media" / "odd" / name, source)
    began = time.monotonic()

    with pytest.raises(refusal, match=sentence):
        probe.probe(source, max_seconds=180)

    assert time.monotonic() - began < SECONDS
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_becomes_a_clip(name: str, pressing: Pressing) -> None:
    size, seconds, has_sound = ACCEPTED[name]
    began = time.monotonic()

    pressed = pressing(f"odd/{name}")

    assert time.monotonic() - began < SECONDS * 2
    first = pressed.renditions[ladder.FIRST].rung
    assert (first.width, first.height) == size
    assert pressed.found.duration_ms / 1000 == pytest.approx(seconds, abs=0.1)
    assert pressed.found.has_sound is has_sound
    assert pressed.found.frame_rate <= 60


@pytest.mark.parametrize(
    "name, secrets",
    [
        ("iphone-livephoto-gps.mov", [b"location.ISO6709", b"\xa9xyz", b"iPhone", b"mebx"]),
        ("metadata-xss-sqli-gps.mp4", [b"<script", b"DROP TABLE", b"\xa9xyz", b"loci"]),
        ("dolby-vision-hlg-rotated.MOV", [b"mebx", b"com.apple"]),
    ],
)
def test_nothing_but_sound_and_picture_gets_through(
    name: str, secrets: list[bytes], shared: Path, pressing: Pressing
) -> None:
    original = (shared / "media" / "odd" / name).read_bytes()
    present = [secret for secret in secrets if secret in original]
    assert present, "the file should carry what is looked for"

    pressed = pressing(f"odd/{name}")

    for rendition in pressed.renditions.values():
        content = rendition.path.read_bytes()
        assert [secret for secret in present if secret in content] == []
    poster = (pressed.folder / ladder.POSTER).read_bytes()
    assert [secret for secret in present if secret in poster] == []


def test_a_hard_file_is_given_up_in_time(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LIMITS", jail.Limits(wall_seconds=0.01, cpu_seconds=5))
    source = tmp_path / "source"
    shutil.copyfile(shared / "media" / "odd" / "fps-240.mp4", source)

    with pytest.raises(probe.TooHard):
        probe.probe(source, max_seconds=180)
