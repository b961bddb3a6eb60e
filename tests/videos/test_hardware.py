"""Encoders in hardware: found only where they work, and given up where they do not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from pytest_django import Settings

from tests import make
from vitrine.kernel import storage
from vitrine.surfaces.studio import report
from vitrine.videos import chips, encoding, hardware, importing, jail, ladder, probe
from vitrine.videos.chips import Chip
from vitrine.videos.models import Clip, Encoding, EncodingState

FOUND = probe.Probe(
    1080, 1920, 9000, Fraction(30), "h264", "yuv420p", "bt709", "bt709", True, -20.0, -3.0
)
LIMITS = jail.Limits(wall_seconds=20, cpu_seconds=20)
STAND_IN = Chip("libopenh264", "", (), lambda _, ceiling: ["-b:v", ceiling, "-maxrate", ceiling])
"""A second encoder of the processor's: all that is asked of a chip can be asked of it."""


def _fails_at_work(_: str, ceiling: str) -> list[str]:
    at_trial = ceiling not in map(str, ladder.BITRATES.values())
    return ["-b:v", ceiling] if at_trial else ["-b:v", "no number"]


@pytest.fixture
def known() -> Iterator[dict[str, Chip]]:
    """Return the chips, to be changed by this test alone; the machine is asked anew."""
    before = dict(chips.CHIPS)
    hardware.working.cache_clear()
    yield chips.CHIPS
    chips.CHIPS.clear()
    chips.CHIPS.update(before)
    hardware.working.cache_clear()


@pytest.fixture
def draft(tmp_path: Path) -> Clip:
    drawn = ["-f", "lavfi", "-i", "testsrc2=s=360x640:r=30:d=1", "-c:v", "libx264"]
    jail.run([*drawn, "-preset", "ultrafast", "film.mp4"], folder=tmp_path, limits=LIMITS)
    return importing.import_file(tmp_path / "film.mp4", make.person(), at=datetime.now(UTC))


def prepared(clip: Clip) -> Encoding:
    """Prepare a clip as a worker does."""
    encoding.encode(Encoding.objects.get(clip=clip), clock=lambda: datetime.now(UTC))
    hardware.working.cache_clear()
    storage.delete(*storage.list_keys(""))
    return Encoding.objects.select_related("clip").get(clip=clip)


def test_chips_are_read_from_what_ffmpeg_lists_the_preferred_first() -> None:
    said = """Encoders:
 V..... = Video
 ------
 V....D libx264              libx264 H.264 (codec h264)
 V....D h264_vaapi           H.264/AVC (VAAPI) (codec h264)
 V....D h264_nvenc           NVIDIA NVENC H.264 encoder (codec h264)
 A....D aac                  AAC (Advanced Audio Coding)
"""

    assert [chip.name for chip in chips.listed(said)] == ["h264_nvenc", "h264_vaapi"]
    assert chips.listed("") == []


@pytest.mark.parametrize("name", ["h264_nvenc", "h264_qsv", "h264_vaapi"])
def test_a_chip_that_is_listed_and_absent_says_so_and_is_not_used(
    name: str, known: dict[str, Chip], caplog: pytest.LogCaptureFixture
) -> None:
    chip = known[name]
    if Path(chip.needs).exists():
        pytest.skip(f"This machine has {chip.needs}.")
    known.clear()
    known[name] = Chip(name, "/dev/null", (), chip.tell, chip.opening)

    assert name in hardware.fault(chip) or "No VA display" in hardware.fault(chip)
    assert "ption" not in hardware.fault(chip)  # it understood what it was told
    assert hardware.working() is None
    assert f"{name} is here and does not work" in caplog.text


def test_hardware_can_be_switched_off(known: dict[str, Chip], settings: Settings) -> None:
    known[STAND_IN.name] = STAND_IN
    settings.VITRINE_HARDWARE = "off"

    assert hardware.working() is None


@pytest.mark.django_db
def test_what_a_chip_makes_is_verified_and_the_report_names_it(
    known: dict[str, Chip], draft: Clip
) -> None:
    known[STAND_IN.name] = STAND_IN

    ended = prepared(draft)

    assert (ended.state, ended.without_chip) == (EncodingState.READY, "")
    made = list(draft.renditions.all())
    assert {one.encoder for one in made} == {"libopenh264"}
    told = report.of(ended.clip, made)
    assert told is not None
    assert {one.codec for one in told.made} == {"H.264 by libopenh264"}


@pytest.mark.django_db
def test_a_chip_that_fails_a_clip_leaves_it_to_the_processor_and_the_report_says_so(
    known: dict[str, Chip], draft: Clip
) -> None:
    known[STAND_IN.name] = Chip("libopenh264", "", (), _fails_at_work)

    ended = prepared(draft)

    assert (ended.state, ended.attempts) == (EncodingState.READY, 1)
    assert {one.encoder for one in draft.renditions.all()} == {"libx264"}
    told = report.of(ended.clip, list(draft.renditions.all()))
    assert told is not None
    assert told.without_chip.startswith("libopenh264: ")


def test_a_chips_calls_open_its_device_and_bring_each_picture_there() -> None:
    first = ladder.first_call(FOUND, "volume=0dB", threads=2, encoder="h264_vaapi")
    second = ladder.second_call(FOUND, "volume=0dB", threads=2, encoder="h264_vaapi")
    nvenc = " ".join(ladder.first_call(FOUND, "", threads=2, encoder="h264_nvenc"))

    assert first.index("-vaapi_device") < first.index("-i")
    graph = first[first.index("-filter_complex") + 1]
    assert "[v]format=nv12,hwupload[on_chip_v]" in graph
    assert "-map [on_chip_v] -c:v h264_vaapi" in " ".join(first)
    assert "-c:v libwebp" in " ".join(first)  # the poster is the processor's
    assert " ".join(second).count("hwupload") == 2
    assert "-c:v h264_nvenc -preset p5 -rc vbr -cq 22 -b:v 0 -maxrate 1300000" in nvenc
    assert "hwupload" not in nvenc


def test_only_a_run_that_is_given_a_device_may_use_it(tmp_path: Path) -> None:
    drawn = ["-f", "lavfi", "-i", "testsrc2=d=0.1", "-f", "rawvideo", "file:/dev/null"]

    kept_out = jail.run(drawn, folder=tmp_path, limits=LIMITS)
    let_in = jail.run(drawn, folder=tmp_path, limits=LIMITS, devices=["/dev/null"])

    assert (kept_out.status != 0, "Permission denied" in kept_out.report) == (True, True)
    assert let_in.status == 0
