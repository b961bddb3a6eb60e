"""Two films as one: side by side, one after the other, and one's sound under the other's picture.

Together, upright, of even size and level, as read by another library than made it.
"""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.videos.drawing import AAC, X264, Film, draw
from tests.videos.press import LIMITS, Pressed, loudness_of, press, press_in
from tests.videos.test_corpus import QUARTERS, RATE, Shown, _colour, _luma, shown
from vitrine.videos import composites, jail, loudness, probe

UPRIGHT = Film("own.mp4", size=(108, 192), options=f"{X264} {AAC}", length=1.4)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, probe.Probe, probe.Probe]:
    """Draw an upright film and a wide one, as the names in a working folder, and read them."""
    folder = tmp_path_factory.mktemp("two")
    draw(UPRIGHT, folder).rename(folder / composites.OWN)
    wide = Film("theirs.mp4", size=(192, 108), rate="25", options=f"{X264} {AAC}", length=2.0)
    draw(wide, folder).rename(folder / composites.THEIRS)
    own = probe.probe(folder / composites.OWN, max_seconds=9)
    return folder, own, probe.probe(folder / composites.THEIRS, max_seconds=9)


def composed(folder: Path, call: list[str]) -> Pressed:
    """Run a call and put what came of it through the ladder."""
    ended = jail.run(call, folder=folder, limits=LIMITS)
    assert ended.status == 0, ended.report
    return press(folder / composites.COMPOSED, folder / f"work-{len(list(folder.iterdir()))}")


def beeps(seen: Shown) -> list[float]:
    """Return when each high tone begins."""
    step = RATE // 3_000 // 4
    high = np.diff(seen.sound, n=2)
    power = np.convolve(high[step:] ** 2 + high[:-step] ** 2, np.ones(96) / 96, "valid")
    loud: Any = np.flatnonzero(power > power.max() / 6) / RATE
    return [at for before, at in zip([-1.0, *loud], loud, strict=False) if at - before > 0.3]


def flashes(seen: Shown, columns: slice = slice(None)) -> list[float]:
    """Return when each white picture begins, in the middle rows of some columns."""
    middle = slice(seen.size[1] // 2 - 20, seen.size[1] // 2 + 20)
    light = [(at, _luma(frame)[middle, columns].mean()) for at, frame in seen.pictures]
    dark = light[0][1]
    lit = [at for at, luma in light if luma > dark + 60]
    return [at for before, at in zip([-1.0, *lit], lit, strict=False) if at - before > 0.3]


def test_a_duet_shows_both_whole_and_side_by_side_and_lets_both_be_heard(
    two: tuple[Path, probe.Probe, probe.Probe],
) -> None:
    folder, own, theirs = two

    pressed = composed(folder, composites.duet_call(own, theirs, threads=2))

    seen = shown(pressed.first)
    # 192 wide and 192 high hold both; the upright one stands in the middle of its half.
    assert seen.size == (384, 192)
    assert seen.seconds == pytest.approx(1.4, abs=0.1)  # as long as the shorter
    picture = seen.pictures[0][1]
    for (x, y), colour in QUARTERS.items():
        left = _colour(picture, (42 + 108 * x) / 384, y)
        right = _colour(picture, 0.5 + x / 2, (42 + 108 * y) / 192)
        for found in (left, right):
            nearest = min(QUARTERS.values(), key=lambda one: np.abs(found - one).sum())
            assert nearest == colour, (x, y, found)
    assert np.abs(_colour(picture, 0.05, 0.5)).max() < 12  # black beside the upright one
    left, right = flashes(seen, slice(0, 192)), flashes(seen, slice(192, 384))
    assert left == pytest.approx([0.5], abs=0.04)
    assert right == pytest.approx([0.5], abs=0.04)
    assert beeps(seen) == pytest.approx([0.5], abs=0.04)
    assert loudness_of(pressed.first) == pytest.approx(loudness.TARGET_LUFS, abs=1.0)


def test_a_stitch_shows_the_span_and_then_the_own_film_in_its_own_shape(
    two: tuple[Path, probe.Probe, probe.Probe],
) -> None:
    folder, own, theirs = two

    call = composites.stitch_call(own, theirs, from_ms=300, until_ms=1_300, threads=2)
    pressed = composed(folder, call)

    seen = shown(pressed.first)
    assert seen.size == (108, 192)
    assert seen.seconds == pytest.approx(1.0 + 1.4, abs=0.1)
    assert flashes(seen) == pytest.approx([0.2, 1.5], abs=0.04)
    assert beeps(seen) == pytest.approx(flashes(seen), abs=0.04)
    assert loudness_of(pressed.first) == pytest.approx(loudness.TARGET_LUFS, abs=1.0)


@pytest.mark.parametrize("sound_ms, own_level, heard", [(700, 0, [0.5, 1.2]), (400, 60, [0.5])])
def test_another_sound_is_heard_again_and_again_and_the_own_one_only_as_far_as_wished(
    sound_ms: int, own_level: int, heard: list[float], two: tuple[Path, probe.Probe, probe.Probe]
) -> None:
    folder, own, _ = two

    call = composites.sound_call(own, sound_ms=sound_ms, own_level=own_level)
    ended = jail.run(call, folder=folder, limits=LIMITS)

    assert ended.status == 0, ended.report
    lufs, peak = loudness.heard(folder / composites.COMPOSED)
    found = replace(own, has_sound=True, loudness_lufs=lufs, peak_dbfs=peak)
    pressed = press_in(folder, found, sound=composites.COMPOSED)
    seen = shown(pressed.first)
    assert seen.size == (108, 192)
    assert seen.seconds == pytest.approx(1.4, abs=0.1)
    assert beeps(seen) == pytest.approx(heard, abs=0.04)
    assert flashes(seen) == pytest.approx([0.5], abs=0.04)
    assert loudness_of(pressed.first) == pytest.approx(loudness.TARGET_LUFS, abs=1.0)


def test_a_film_without_sound_is_silent_beside_the_other(
    two: tuple[Path, probe.Probe, probe.Probe],
) -> None:
    _, own, theirs = two
    mute = replace(own, has_sound=False)

    duet = composites.duet_call(mute, theirs, threads=1)
    neither = composites.duet_call(mute, replace(theirs, has_sound=False), threads=1)

    assert "amix" not in " ".join(duet)
    assert "[heard]" in duet
    assert "[heard]" not in neither


@pytest.mark.parametrize(
    "own, theirs, half",
    [
        ((1080, 1920), (720, 1280), (540, 960)),
        ((1920, 1080), (1280, 720), (540, 304)),
        ((1080, 1080), (1080, 1920), (540, 960)),
        ((360, 640), (202, 360), (360, 640)),
    ],
)
def test_halves_are_even_and_hold_either_film(
    own: tuple[int, int], theirs: tuple[int, int], half: tuple[int, int]
) -> None:
    def film(size: tuple[int, int]) -> probe.Probe:
        return probe.Probe(
            *size, 1_000, Fraction(30), "h264", "yuv420p", "bt709", "bt709", False, -14.0, -1.0
        )

    assert composites.duet_half(film(own), film(theirs)) == half
