"""Histories as flat arrays: who watched what, oldest first, with a weight each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import prange

from vitrine.recommend.arrays import Counts, Floats, Ids
from vitrine.recommend.compiled import spread


@dataclass(frozen=True)
class Rows:
    """Lists of ids below `width`: row r is ids[starts[r]:starts[r + 1]], and so its weights."""

    starts: Counts
    ids: Ids
    weights: Floats
    width: int

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]], width: int) -> Self:
        """Lay out lists of ids, each of weight 1."""
        starts = np.zeros(len(lists) + 1, np.int64)
        np.cumsum([len(one) for one in lists], out=starts[1:])
        ids = np.fromiter((item for one in lists for item in one), np.int32, int(starts[-1]))
        if len(ids) and not 0 <= int(ids.min()) <= int(ids.max()) < width:
            raise ValueError(f"ids go from 0 up to {width - 1}")
        return cls(starts, ids, np.ones(len(ids), np.float32), width)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Counts:
        """How many ids each row has."""
        return np.diff(self.starts)

    def popularity(self) -> Counts:
        """How often each id comes up."""
        return np.bincount(self.ids, minlength=self.width).astype(np.int64)

    def picked(self, which: Counts) -> "Rows":
        """Return some of the rows, in the order asked for."""
        return self._taken(self.starts[which], self.starts[which + 1])

    def latest(self, size: int) -> "Rows":
        """Return the last `size` ids of each row."""
        return self._taken(np.maximum(self.starts[:-1], self.starts[1:] - size), self.starts[1:])

    def _taken(self, first: Counts, until: Counts) -> "Rows":
        starts = np.zeros(len(first) + 1, np.int64)
        np.cumsum(until - first, out=starts[1:])
        where = np.arange(starts[-1]) + np.repeat(first - starts[:-1], np.diff(starts))
        return Rows(starts, self.ids[where], self.weights[where], self.width)

    def fading(self, keep: float) -> "Rows":
        """Weigh each id by keep to the power of its age: 0 for the last of a row."""
        ends = np.repeat(self.starts[1:], self.lengths)
        age = (ends - 1 - np.arange(len(self.ids))).astype(np.float64)
        return Rows(
            self.starts, self.ids, (self.weights * keep**age).astype(np.float32), self.width
        )

    def weighed(self, of_row: Floats, of_id: Floats) -> "Rows":
        """Multiply each weight by that of its row and that of its id."""
        weights = self.weights * np.repeat(of_row, self.lengths) * of_id[self.ids]
        return Rows(self.starts, self.ids, weights.astype(np.float32), self.width)

    def turned(self) -> "Rows":
        """Swap rows and ids: who watched each, in ascending order."""
        order = np.argsort(self.ids, kind="stable")
        owners = np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)
        starts = np.zeros(self.width + 1, np.int64)
        np.cumsum(self.popularity(), out=starts[1:])
        return Rows(starts, owners[order], self.weights[order], len(self))

    def times(self, columns: Floats) -> Floats:
        """Multiply with a matrix that has a line for each id."""
        return _times(self.starts, self.ids, self.weights, np.ascontiguousarray(columns))


@spread
def _times(starts: Counts, ids: Ids, weights: Floats, columns: Floats) -> Floats:
    product = np.zeros((len(starts) - 1, columns.shape[1]), np.float32)
    for row in prange(len(starts) - 1):
        for at in range(starts[row], starts[row + 1]):
            weight, line = weights[at], columns[ids[at]]
            for column in range(columns.shape[1]):
                product[row, column] += weight * line[column]
    return product


def power(counts: Counts, exponent: float) -> Floats:
    """Raise counts to a power; what never came up counts as once."""
    return (np.maximum(counts, 1).astype(np.float64) ** exponent).astype(np.float32)
