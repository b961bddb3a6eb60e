"""What the arrays of this package hold. Web processes read it: it loads no compiler."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Counts = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]


def spans(firsts: Counts, sizes: Counts) -> Counts:
    """Return firsts[0], firsts[0] + 1, … until there are sizes[0] of them, and so on."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(firsts - ends + sizes, sizes)


def ascending(*parts: Counts | Ids) -> Counts:
    """Return the numbers that there are in some arrays, each once, ascending."""
    found: Counts = np.concatenate(parts).astype(np.int64)
    found.sort()
    return found[_firsts(found)]


def numbered(keys: Sequence[int]) -> Counts:
    """Return for each key its place among the different ones, ascending."""
    if not len(keys):
        return np.zeros(0, np.int64)
    return np.asarray(np.unique(np.array(keys, np.int64), return_inverse=True)[1], np.int64)


def summed(keys: Counts | Ids, amounts: Doubles) -> tuple[Counts, Doubles]:
    """Return the keys that there are, ascending, and the sum of the amounts of each.

    keys: from 0, below 2 ** 40. Each is sorted with its place, so that the same amounts are added
    up in the same order on every machine; sorting numbers is many times faster than their places.
    """
    if not len(keys):
        return np.zeros(0, np.int64), np.zeros(0)
    shift = len(keys).bit_length()
    packed = (keys.astype(np.int64) << shift) | np.arange(len(keys))
    packed.sort()
    found = packed >> shift
    firsts = np.flatnonzero(_firsts(found))
    return found[firsts], np.add.reduceat(amounts[packed & ((1 << shift) - 1)], firsts)


def _firsts(ordered: Counts) -> Flags:
    """Return where in what is sorted a number stands for the first time."""
    found = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=found[1:])
    return found
