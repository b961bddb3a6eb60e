"""What a film looks and sounds like, as bits that survive a copy. Pure: numpy and nothing else.

Pictures: the signs of the 16 × 16 lowest cosines of a frame, as in PDQ, also of its middle. Sound:
the signs of energy differences between bands and moments, after Haitsma and Kalker.
Source: docs/adr/0045-spam-and-copies.md; its figures come from ``vitrine bench fingerprints``.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
Floats = NDArray[Any]

FRAME_RATE = 2
FRAME_SIDE = 128
SOUND_RATE = 8_000
PICTURES = [
    *("-an", "-vf", f"fps={FRAME_RATE},scale={FRAME_SIDE}:{FRAME_SIDE}:flags=area,format=gray"),
    *("-f", "rawvideo", "pipe:1"),
]
SOUND = ["-vn", "-ac", "1", "-ar", str(SOUND_RATE), "-f", "s16le", "pipe:1"]
"""What ffmpeg is asked for, after its input: grey frames, and samples."""
BITS = 256
HASH_BYTES = BITS // 8
CODE_BYTES = 4
MIDDLES = (1.0, 0.9, 0.8)
"""Shares of a frame's sides that are hashed: who cuts a border off is met by one of them."""
NEAR_BITS = 64
"""Frames that differ in at most so many of 256 bits show the same."""
LEAST_CONTRAST = 6.0
"""Grey levels of deviation; a plainer frame says nothing."""
SAME_PICTURES = 0.35
"""Share of frames found again that makes a copy; with the same sound, SOME_PICTURES are enough."""
SOME_PICTURES = 0.12
LEAST_FRAMES = 3

WINDOW, HOP = 4_096, 512
BANDS = 33
LOWEST_HZ, HIGHEST_HZ = 300.0, 2_000.0
SPEEDS = (0.95, 0.975, 1.0, 1.025, 1.05)
SAME_SOUND = 0.32
"""Share of differing bits below which two sounds are one; of strangers about half differ."""
LEAST_CODES = 64
"""Moments that have to overlap: four seconds."""

_SIDE = 64
_COSINES = np.cos(np.pi / _SIDE * np.outer(np.arange(1, 17), np.arange(_SIDE) + 0.5)).astype(
    np.float32
)
_MIRROR = np.where(np.arange(1, 17) % 2, -1, 1).astype(np.float32)
"""A mirrored picture has the same cosines, the odd ones with the other sign."""


@dataclass(frozen=True, slots=True)
class Print:
    """A film's fingerprint. pictures: (frames × middles, 32). sound: (moments, 4)."""

    pictures: Bits
    sound: Bits


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like one film is to another. pictures: share of frames found again, 0 to 1.

    sound: share of differing bits at the best place, 0.5 for strangers.
    """

    pictures: float
    sound: float

    @property
    def is_copy(self) -> bool:
        """Tell whether one is a copy of the other."""
        needed = SOME_PICTURES if self.sound < SAME_SOUND else SAME_PICTURES
        return self.pictures >= needed


def frames(printed: bytes) -> Floats:
    """Read grey frames of FRAME_SIDE² as ffmpeg prints them."""
    size = FRAME_SIDE * FRAME_SIDE
    whole = len(printed) // size * size
    grey = np.frombuffer(printed[:whole], np.uint8).reshape(-1, FRAME_SIDE, FRAME_SIDE)
    return grey.astype(np.float32)


def samples(printed: bytes) -> Floats:
    """Read samples as ffmpeg prints them."""
    return np.frombuffer(printed[: len(printed) // 2 * 2], np.int16).astype(np.float32) / 32_768


def fingerprint(shown: Floats, heard: Floats) -> Print:
    """Take the fingerprint that is kept. heard: samples at SOUND_RATE."""
    return Print(_pictures(shown), _codes(heard))


@dataclass(frozen=True, slots=True)
class Query:
    """A film as it is looked for: its frames as they are and mirrored, its sound at five speeds."""

    pictures: tuple[Bits, ...]
    sounds: tuple[Bits, ...]

    @classmethod
    def of(cls, shown: Floats, heard: Floats) -> "Query":
        """Prepare a film that came in."""
        plain = [_hashes(_middle(shown, share)) for share in MIDDLES]
        mirrored = [_hashes(_middle(shown, share), mirrored=True) for share in MIDDLES]
        sounds = [_codes(_resampled(heard, speed)) for speed in SPEEDS]
        sounds += [_codes(heard, hop=HOP * speed) for speed in SPEEDS if speed != 1.0]
        return cls(tuple(plain + mirrored), tuple(sounds))

    @classmethod
    def kept(cls, taken: Print) -> "Query":
        """Prepare a film of which the fingerprint alone is left: mirrored too, at its own speed."""
        return cls((taken.pictures, _mirrored(taken.pictures)), (taken.sound,))


def likeness(query: Query, kept: Print) -> Likeness:
    """Compare a film that came in with one that is kept. Sound is asked only where it decides."""
    pictures = max(_found_again(hashes, kept.pictures) for hashes in query.pictures)
    if not SOME_PICTURES <= pictures < SAME_PICTURES:
        return Likeness(pictures, 0.5)
    sound = min(differing(codes, kept.sound) for codes in query.sounds)
    return Likeness(pictures, sound)


def _pictures(shown: Floats) -> Bits:
    return np.concatenate([_hashes(_middle(shown, share)) for share in MIDDLES])


def _middle(shown: Floats, share: float) -> Floats:
    """Return the middle of frames, scaled to 64²: each output pixel averages what it covers."""
    weights = _area_weights(share)
    return np.asarray(weights @ shown @ weights.T)


def _area_weights(share: float) -> Floats:
    """Return the matrix that scales the middle share of FRAME_SIDE pixels down to 64."""
    start = FRAME_SIDE * (1 - share) / 2
    edges = start + np.arange(_SIDE + 1) * FRAME_SIDE * share / _SIDE
    pixels = np.arange(FRAME_SIDE)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.clip(covered, 0, None)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _hashes(scaled: Floats, *, mirrored: bool = False) -> Bits:
    """Return the hashes of 64² frames; plain ones have none."""
    telling = scaled[scaled.std(axis=(1, 2)) >= LEAST_CONTRAST]
    cosines = (_COSINES @ telling @ _COSINES.T).reshape(len(telling), 16, 16)
    if mirrored:
        cosines = cosines * _MIRROR
    flat = cosines.reshape(len(telling), BITS)
    return np.packbits(flat > np.median(flat, axis=1, keepdims=True), axis=1)


def _mirrored(hashes: Bits) -> Bits:
    """Return the hashes of the mirrored frames: every odd column is the other way round."""
    return hashes ^ np.packbits(np.tile(_MIRROR < 0, 16))


def _found_again(hashes: Bits, kept: Bits) -> float:
    """Return the share of frames that are near a kept one; 0 where there are too few to tell."""
    if len(hashes) < LEAST_FRAMES or len(kept) == 0:
        return 0.0
    # Bits as ±1: one product of matrices counts all differences at once.
    alike = _signs(hashes) @ _signs(kept).T
    nearest = (BITS - alike.max(axis=1)) / 2
    return float((nearest <= NEAR_BITS).mean())


def _signs(hashes: Bits) -> Floats:
    return np.unpackbits(hashes, axis=1).astype(np.float32) * 2 - 1


def _resampled(heard: Floats, speed: float) -> Floats:
    """Play a sound faster or slower, its pitch along with it."""
    if speed == 1.0 or len(heard) < 2:
        return heard
    places = np.arange(0, len(heard) - 1, speed)
    return np.asarray(np.interp(places, np.arange(len(heard)), heard), np.float32)


def _codes(heard: Floats, *, hop: float = HOP) -> Bits:
    """Return 32 bits for each moment: does the slope between neighbouring bands grow?"""
    count = int((len(heard) - WINDOW) // hop) + 1 if len(heard) >= WINDOW else 0
    if count < 2:
        return np.zeros((0, 4), np.uint8)
    starts = (np.arange(count) * hop).astype(np.int64)
    pieces = heard[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(pieces, axis=1)) ** 2
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1) * WINDOW / SOUND_RATE
    energy = np.stack(
        [
            power[:, int(low) : max(int(high), int(low) + 1)].sum(axis=1)
            for low, high in pairwise(edges)
        ],
        axis=1,
    )
    slope = np.diff(energy, axis=1)
    bits = np.diff(slope, axis=0) > 0
    is_heard = energy[1:].sum(axis=1) > 1.0
    packed: Bits = np.packbits(bits[is_heard], axis=1)
    return packed


def differing(codes: Bits, kept: Bits) -> float:
    """Return the least share of differing bits over all places where the two overlap enough."""
    if len(codes) < LEAST_CODES or len(kept) < LEAST_CODES:
        return 0.5
    one, other = _signs(codes), _signs(kept)
    # Row by row products, summed along each diagonal: one number for each shift.
    product = one @ other.T
    rows, columns = product.shape
    best = 0.5
    for shift in range(LEAST_CODES - rows, columns - LEAST_CODES + 1):
        diagonal = np.diagonal(product, shift)
        best = min(best, float(0.5 - diagonal.mean() / 64))
    return best
