"""Give smooth repeatable noise at points in space."""

import numpy as np

from vitrine.ops.demo.drawing.shapes import Floats


def smooth(at: Floats, *, seed: int = 0) -> Floats:
    """Value noise in 0..1 at points (3, n), one cell a unit."""
    base = np.floor(at)
    cell = base.astype(np.int64)
    inside = (at - base).astype(np.float32)
    fade = inside * inside * (3 - 2 * inside)
    total = np.zeros(at.shape[1], np.float32)
    for corner in range(8):
        weight = np.ones(at.shape[1], np.float32)
        key = np.full(at.shape[1], seed * 1013 + 17, np.int64)
        for axis, prime in enumerate((73856093, 19349663, 83492791)):
            bit = corner >> axis & 1
            weight *= fade[axis] if bit else 1 - fade[axis]
            key ^= (cell[axis] + bit) * prime
        total += weight * _hash(key)
    return total


def _hash(key: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    mixed = (key ^ (key >> 13)) * 1274126177 & 0x7FFFFFFF
    mixed = (mixed ^ (mixed >> 11)) * 668265263 & 0x7FFFFFFF
    return ((mixed >> 7 & 0xFFFF) / np.float32(65535)).astype(np.float32)


def cloudy(at: Floats, *, octaves: int = 3, seed: int = 0) -> Floats:
    """Noise in 0..1 with finer detail folded in."""
    total = np.zeros(at.shape[1], np.float32)
    for octave in range(octaves):
        total += smooth(at * np.float32(2**octave), seed=seed + octave) * np.float32(0.5**octave)
    return (total / np.float32(2 - 0.5 ** (octaves - 1))).astype(np.float32)


def slope(at: Floats, *, seed: int = 0, reach: float = 0.35) -> Floats:
    """Give the gradient of smooth noise at points, (3, n): it bends normals."""
    middle = smooth(at, seed=seed)
    steps = np.eye(3, dtype=np.float32) * np.float32(reach)
    return np.stack([smooth(at + step[:, None], seed=seed) - middle for step in steps])
