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
Box = tuple[float, float, float, float]
MIDDLES: tuple[Box, ...] = ((0, 0, 1, 1), (0.05, 0.05, 0.9, 0.9), (0.1, 0.1, 0.8, 0.8))
SIDES: tuple[Box, ...] = ((0, 0, 0.9, 1), (0.1, 0, 0.9, 1), (0, 0, 1, 0.9), (0, 0.1, 1, 0.9))
"""Parts of a frame that are hashed (left, top, width, height, of 1): who cuts a border off is met
by one of them. A film that is looked for is asked about with its middles."""
NEAR_BITS = 64
"""Frames that differ in at most so many of 256 bits show the same."""
LEAST_CONTRAST = 6.0
"""Grey levels of deviation; a plainer frame says nothing."""
SAME_PICTURES = 0.25
"""Share of frames found again that makes a copy; with the same sound, SOME_PICTURES are enough."""
SOME_PICTURES = 0.12
NEAR_MOTION_BITS = 72
SOME_MOTION, SAME_MOTION = 0.25, 0.5
"""Shares of movements found again. The same movement alone makes a copy: a logo stands still."""
LEAST_MOTION = 1.0
"""Grey levels that a frame differs from the one before, on average, to say anything."""
STILL = 0.8
"""Share of a film's pairs of frames that are near each other, from which it counts as still: two
films of one person before one wall look the same, and only their movements tell them apart."""
LEAST_HASHES = 2

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
    """A film's fingerprint, as rows of bits.

    pictures: of each part of each frame, 32 bytes. motions: of what changes from frame to frame,
    32 bytes. sound: of each moment, 4 bytes.
    """

    pictures: Bits
    motions: Bits
    sound: Bits

    @property
    def is_still(self) -> bool:
        """Tell whether all its frames look alike."""
        whole = self.pictures[: len(self.pictures) // len(MIDDLES + SIDES)]
        if len(whole) < 2 or len(self.motions) < 2:
            return False
        near = (BITS - _signs(whole) @ _signs(whole).T) / 2 <= NEAR_BITS
        return bool(near.mean() >= STILL)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like one film is to another. pictures, motions: shares found again, 0 to 1.

    sound: share of differing bits at the best place, 0.5 for strangers. is_still: the one kept is.
    """

    pictures: float
    motions: float
    sound: float
    is_still: bool

    @property
    def is_copy(self) -> bool:
        """Tell whether one is a copy of the other."""
        if self.motions >= SAME_MOTION:
            return True
        needed = SOME_PICTURES if self.sound < SAME_SOUND else SAME_PICTURES
        return self.pictures >= needed and (self.motions >= SOME_MOTION or not self.is_still)


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
    pictures = [_hashes(_part(shown, box)) for box in MIDDLES + SIDES]
    return Print(np.concatenate(pictures), _motions(shown), _codes(heard))


@dataclass(frozen=True, slots=True)
class Query:
    """A film as it is looked for: its frames as they are and mirrored, its sound at five speeds."""

    pictures: tuple[Bits, ...]
    motions: tuple[Bits, ...]
    sounds: tuple[Bits, ...]

    @classmethod
    def of(cls, shown: Floats, heard: Floats) -> "Query":
        """Prepare a film that came in."""
        parts = [_part(shown, box) for box in MIDDLES]
        plain = [_hashes(part) for part in parts]
        mirrored = [_hashes(part, mirrored=True) for part in parts]
        motions = _motions(shown), _motions(shown, mirrored=True)
        sounds = [_codes(_resampled(heard, speed)) for speed in SPEEDS]
        sounds += [_codes(heard, hop=HOP * speed) for speed in SPEEDS if speed != 1.0]
        return cls(tuple(plain + mirrored), motions, tuple(sounds))

    @classmethod
    def kept(cls, taken: Print) -> "Query":
        """Prepare a film of which the fingerprint alone is left: mirrored too, at its own speed."""
        whole = taken.pictures[: len(taken.pictures) // len(MIDDLES + SIDES)]
        motions = taken.motions, _mirrored(taken.motions)
        return cls((whole, _mirrored(whole)), motions, (taken.sound,))


def likeness(query: Query, kept: Print) -> Likeness:
    """Compare a film that came in with one that is kept. Sound is asked only where it decides."""
    pictures = max(_found_again(h, kept.pictures, NEAR_BITS) for h in query.pictures)
    motions = max(_found_again(h, kept.motions, NEAR_MOTION_BITS) for h in query.motions)
    is_decided = not SOME_PICTURES <= pictures < SAME_PICTURES
    sound = 0.5 if is_decided else min(differing(codes, kept.sound) for codes in query.sounds)
    return Likeness(pictures, motions, sound, kept.is_still)


def _part(shown: Floats, box: Box) -> Floats:
    """Return a part of frames, scaled to 64²: each output pixel averages what it covers."""
    left, top, width, height = box
    return np.asarray(_area_weights(top, height) @ shown @ _area_weights(left, width).T)


def _area_weights(start: float, share: float) -> Floats:
    """Return the matrix that scales a share of FRAME_SIDE pixels down to 64."""
    edges = FRAME_SIDE * (start + np.arange(_SIDE + 1) * share / _SIDE)
    pixels = np.arange(FRAME_SIDE)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.clip(covered, 0, None)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _motions(shown: Floats, *, mirrored: bool = False) -> Bits:
    """Return the hashes of what changes from frame to frame; where nothing does, none."""
    changes = np.abs(np.diff(_part(shown, MIDDLES[0]), axis=0))
    return _bits(changes[changes.mean(axis=(1, 2)) >= LEAST_MOTION], mirrored=mirrored)


def _hashes(scaled: Floats, *, mirrored: bool = False) -> Bits:
    """Return the hashes of 64² frames; plain ones have none."""
    return _bits(scaled[scaled.std(axis=(1, 2)) >= LEAST_CONTRAST], mirrored=mirrored)


def _bits(telling: Floats, *, mirrored: bool) -> Bits:
    cosines = (_COSINES @ telling @ _COSINES.T).reshape(len(telling), 16, 16)
    if mirrored:
        cosines = cosines * _MIRROR
    flat = cosines.reshape(len(telling), BITS)
    return np.packbits(flat > np.median(flat, axis=1, keepdims=True), axis=1)


def _mirrored(hashes: Bits) -> Bits:
    """Return the hashes of the mirrored frames: every odd column is the other way round."""
    return hashes ^ np.packbits(np.tile(_MIRROR < 0, 16))


def _found_again(hashes: Bits, kept: Bits, near_bits: int) -> float:
    """Return the share of hashes that are near a kept one; 0 where there are too few to tell."""
    if len(hashes) < LEAST_HASHES or len(kept) == 0:
        return 0.0
    # Bits as ±1: one product of matrices counts all differences at once.
    alike = _signs(hashes) @ _signs(kept).T
    nearest = (BITS - alike.max(axis=1)) / 2
    return float((nearest <= near_bits).mean())


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
