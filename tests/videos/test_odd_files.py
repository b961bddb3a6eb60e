"""Every odd file either becomes a clip that plays right or is refused by its cause, in time."""

import csv
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make
from tests.videos.press import Pressing
from vitrine.accounts.models import Person
from vitrine.kernel import storage
from vitrine.videos import (
    encoding,
    importing,
    invariants,
    jail,
    ladder,
    probe,
    receiving,
    scratch,
)
from vitrine.videos.models import Clip, Encoding, EncodingState, Sound, Upload, UploadState

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


MEMORY_KIB = 1 << 20
"""The most that any ffmpeg may have resident, by the kernel's own count."""


@pytest.fixture(autouse=True)
def _nothing_left_behind(db: None) -> Iterator[None]:
    storage.delete(*storage.list_keys(""))
    # The kernel keeps the most of any child ever, and counts this process's own peak as that of
    # a child it starts. A child that needs nothing brings in both: neither looks like ffmpeg then.
    subprocess.run(["true"], check=True)
    before = _most_of_any_child_kib()
    yield
    assert list(scratch.root().iterdir()) == []
    assert _most_of_any_child_kib() < max(MEMORY_KIB, before + 1)
    storage.delete(*storage.list_keys(""))


def _most_of_any_child_kib() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def test_the_two_tables_name_every_odd_file_as_the_manifest_expects_it(shared: Path) -> None:
    with (shared / "media" / "MANIFEST.tsv").open(newline="") as file:
        expected = {
            row["file"].removeprefix("odd/"): row["expect"]
            for row in csv.DictReader(file, delimiter="\t")
            if re.fullmatch("odd/[^/]+", row["file"])
        }

    assert expected.keys() == REFUSED.keys() | ACCEPTED.keys()
    assert [name for name in REFUSED if "reject" not in expected[name]] == []
    leave = re.compile("accept|keep the playable part|measure by decoding")
    assert [name for name in ACCEPTED if not leave.search(expected[name])] == []


def _send(content: bytes, name: str, *, by: Person) -> None:
    upload = receiving.begin(by, length=len(content), filename=name, at=make.NOON)
    receiving.append(upload, content, start=0, at=make.NOON)
    receiving.complete(upload, sha256=None, at=make.NOON)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_cause_and_leaves_nothing(name: str, shared: Path) -> None:
    refusal, sentence = REFUSED[name]
    owner, content = make.person(), (shared / "media" / "odd" / name).read_bytes()
    began = time.monotonic()

    with pytest.raises(refusal, match=sentence):
        _send(content, name, by=owner)

    assert time.monotonic() - began < SECONDS
    assert list(storage.list_keys("")) == []
    assert not Clip.objects.exclude(original_key="").exists()
    assert not Encoding.objects.exists()
    for upload in Upload.objects.all():
        assert (upload.state, upload.parts) == (UploadState.REFUSED, [])
        assert re.search(sentence, upload.reason)


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_becomes_a_clip_that_plays(name: str, shared: Path) -> None:
    size, seconds, has_sound = ACCEPTED[name]
    began = time.monotonic()

    clip = importing.import_file(shared / "media" / "odd" / name, make.person(), at=make.NOON)
    encoding.encode(clip.encoding, clock=lambda: make.NOON)

    assert time.monotonic() - began < SECONDS * 2
    clip.refresh_from_db()
    assert Encoding.objects.get(clip=clip).state == EncodingState.READY
    first = clip.renditions.get(name=str(ladder.FIRST))
    assert (first.width, first.height) == size
    assert clip.duration_ms / 1000 == pytest.approx(seconds, abs=0.1)
    assert clip.has_sound is has_sound
    assert probe.Probe.recalled(clip.encoding.found or {}).frame_rate <= 60
    kept = {clip.original_key, clip.poster_key, *clip.renditions.values_list("key", flat=True)}
    kept |= set(Sound.objects.filter(origin=clip).values_list("key", flat=True))
    assert set(storage.list_keys("")) == kept
    assert invariants.clips_play_and_preparings_end().violations == []


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
