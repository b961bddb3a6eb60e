"""The slow waves of who watches what: a low-pass filter on the graph of viewers and items.

Source: GF-CF, Shen et al., CIKM 2021. The singular vectors come from a randomised range finder with
a fixed seed (Halko et al., 2011), so that the same histories give the same vectors.
"""

from dataclasses import dataclass

import numpy as np

from vitrine.recommend.arrays import Floats
from vitrine.recommend.rows import Rows, power

SPARE = 32
ITERATIONS = 2


@dataclass(frozen=True)
class Waves:
    """levels: singular values, falling; shapes: a column of items for each."""

    levels: Floats
    shapes: Floats
    loudness: Floats

    def scores(self, histories: Rows, *, size: int, damping: float = 0.0) -> Floats:
        """Pass the `size` slowest waves of each history; fast ones less, by level^damping."""
        shapes = self.shapes[:, :size]
        heard = histories.times(shapes / self.loudness[:, None]) * self.levels[:size] ** damping
        return np.asarray((heard @ shapes.T) * self.loudness, np.float32)


def waves(histories: Rows, size: int) -> Waves:
    """Return the slowest waves of histories whose rows and items are normalised by length^-.5."""
    size = min(size, len(histories), histories.width)
    popularity = histories.popularity()
    even = histories.weighed(power(histories.lengths, -0.5), power(popularity, -0.5))
    turned = even.turned()
    width = min(size + SPARE, len(histories), histories.width)
    drawn = np.random.default_rng(0).standard_normal((histories.width, width), dtype=np.float32)
    basis = _upright(even.times(drawn))
    for _ in range(ITERATIONS):
        basis = _upright(even.times(_upright(turned.times(basis))))
    small = turned.times(basis)
    squares, mix = np.linalg.eigh((small.T @ small).astype(np.float64))
    order = np.argsort(-squares, kind="stable")[:size]
    levels = np.sqrt(np.maximum(squares[order], 1e-12)).astype(np.float32)
    shapes = (small @ mix[:, order].astype(np.float32)) / levels
    return Waves(levels, shapes.astype(np.float32), power(popularity, 0.5))


def _upright(columns: Floats) -> Floats:
    """Make columns orthonormal."""
    return np.linalg.qr(columns)[0]
