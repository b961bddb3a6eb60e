"""Fingerprints: copies are found again, strangers are not. Drawn pictures and sounds alone."""

import numpy as np
import pytest

from vitrine.videos import fingerprints
from vitrine.videos.fingerprints import FRAME_SIDE, SOUND_RATE, Floats, Query


def film(seed: int, *, count: int = 8) -> Floats:
    """Draw frames of soft random shapes that move."""
    random = np.random.default_rng(seed)
    waves = [
        (random.uniform(1, 9, 2), random.uniform(0, 6, 2), random.uniform(10, 40))
        for _ in range(24)
    ]
    place = np.arange(FRAME_SIDE) / FRAME_SIDE
    frames = []
    for moment in range(count):
        grey = np.full((FRAME_SIDE, FRAME_SIDE), 128.0)
        for pace, phase, height in waves:
            down = np.cos(2 * pace[0] * place + phase[0] + 0.5 * moment)
            grey += height * np.outer(down, np.cos(2 * pace[1] * place + phase[1]))
        frames.append(np.clip(grey, 0, 255))
    return np.stack(frames).astype(np.float32)


def song(seed: int, *, seconds: int = 8) -> Floats:
    """Play random notes, eight a second."""
    random = np.random.default_rng(seed)
    notes = random.uniform(300, 1_900, (seconds * 8, 3))
    at = np.arange(SOUND_RATE // 8) / SOUND_RATE
    heard = [sum(np.sin(2 * np.pi * pitch * at) for pitch in chord) / 4 for chord in notes]
    return np.concatenate(heard).astype(np.float32)


SILENCE = np.zeros(0, np.float32)


def likeness(shown: Floats, heard: Floats = SILENCE, *, seed: int = 1) -> fingerprints.Likeness:
    kept = fingerprints.fingerprint(film(seed), song(seed))
    return fingerprints.likeness(Query.of(shown, heard), kept)


def noisy(shown: Floats) -> Floats:
    return np.asarray(shown + np.random.default_rng(9).normal(0, 12, shown.shape), np.float32)


def marked(shown: Floats) -> Floats:
    """Put a white logo into a corner."""
    changed = shown.copy()
    changed[:, 8:28, 92:120] = 255
    return changed


def cut_left(shown: Floats) -> Floats:
    """Cut a tenth off the left side."""
    places = (FRAME_SIDE * 0.1 + np.arange(FRAME_SIDE) * 0.9).astype(int)
    return shown[:, :, places]


def cut(shown: Floats) -> Floats:
    """Cut a tenth of the sides off, and scale to size again by the nearest pixel."""
    left = int(FRAME_SIDE * 0.05)
    places = left + (np.arange(FRAME_SIDE) * 0.9).astype(int)
    return shown[:, places][:, :, places]


def mirrored(shown: Floats) -> Floats:
    return shown[:, :, ::-1]


def paler(shown: Floats) -> Floats:
    return np.asarray(shown * 0.6 + 40, np.float32)


@pytest.mark.parametrize("way", [noisy, marked, cut, cut_left, mirrored, paler])
def test_a_copy_is_found_again(way: object) -> None:
    found = likeness(way(film(1)))  # type: ignore[operator]

    assert max(found.pictures, found.motions) >= 0.7
    assert found.is_copy


def test_strangers_are_no_copies() -> None:
    found = [likeness(film(seed), song(seed), seed=seed + 1) for seed in range(1, 30)]

    assert not [each for each in found if each.is_copy]


def still(seed: int, *, moving: int) -> Floats:
    """Draw one scene before which a spot moves its own way."""
    frames = np.repeat(film(seed)[:1], 10, axis=0)
    for moment, (x, y) in enumerate(np.random.default_rng(moving).integers(10, 90, (10, 2))):
        frames[moment, y : y + 16, x : x + 16] += 45
    return frames


def test_films_before_one_wall_are_told_apart_by_their_movements() -> None:
    kept = fingerprints.fingerprint(still(1, moving=1), SILENCE)
    same = fingerprints.likeness(Query.of(still(1, moving=1) * 0.9, SILENCE), kept)
    other = fingerprints.likeness(Query.of(still(1, moving=2), SILENCE), kept)

    assert kept.is_still
    assert same.is_copy
    assert other.pictures > fingerprints.SAME_PICTURES
    assert not other.is_copy


def test_the_same_song_alone_makes_no_copy() -> None:
    assert not likeness(film(2), song(1), seed=1).is_copy


@pytest.mark.parametrize("speed", [0.95, 1.0, 1.05])
def test_a_sound_is_known_at_other_speeds(speed: float) -> None:
    kept = fingerprints.fingerprint(film(1), song(1))
    places = np.arange(0, len(song(1)) - 1, speed)
    played = np.interp(places, np.arange(len(song(1))), song(1)).astype(np.float32)

    same = min(
        fingerprints.differing(codes, kept.sound) for codes in Query.of(film(1), played).sounds
    )
    other = min(
        fingerprints.differing(codes, kept.sound) for codes in Query.of(film(1), song(2)).sounds
    )

    assert same < fingerprints.SAME_SOUND < other


def test_a_plain_film_is_like_nothing() -> None:
    black = np.zeros((8, FRAME_SIDE, FRAME_SIDE), np.float32)

    kept = fingerprints.fingerprint(black, SILENCE)

    assert len(kept.pictures) == len(kept.motions) == len(kept.sound) == 0
    assert not fingerprints.likeness(Query.of(black, SILENCE), kept).is_copy


def test_what_is_kept_is_enough_to_find_a_mirrored_copy() -> None:
    kept = fingerprints.fingerprint(film(1), SILENCE)
    mirrored = fingerprints.fingerprint(film(1)[:, :, ::-1], SILENCE)

    assert fingerprints.likeness(Query.kept(mirrored), kept).is_copy


def test_what_ffmpeg_prints_is_cut_to_whole_frames_and_samples() -> None:
    assert fingerprints.frames(bytes(FRAME_SIDE**2 + 5)).shape == (1, FRAME_SIDE, FRAME_SIDE)
    assert fingerprints.samples(b"\x00\x40\x01").tolist() == [0.5]
