"""Neighbour counts that grow with each watch, and are at each moment what a batch would count."""

import numpy as np

from vitrine.recommend.arrays import Counts, Ids
from vitrine.recommend.compiled import compiled
from vitrine.recommend.neighbours import NEAREST, NOBODY, Table
from vitrine.recommend.reach import Reach

EMPTY = -1
FULLEST = 0.5
"""Share of places taken in the store of pairs, above which it doubles."""


class LiveTable:
    """The nearest of each item, kept up to date in microseconds a watch.

    All pairs are kept in one open-addressed store, so that an item that was pushed out of a full
    line comes back with its whole count.
    """

    def __init__(self, width: int, reach: Reach, *, nearest: int = NEAREST) -> None:
        self.reach = reach
        self.ids: Ids = np.full((width, nearest), NOBODY, np.int32)
        self.counts: Counts = np.zeros((width, nearest), np.int64)
        self._keys: Counts = np.full(1 << 12, EMPTY, np.int64)
        self._sums: Counts = np.zeros(1 << 12, np.int64)
        self._pairs = 0

    def watched(self, before: Ids, item: int) -> None:
        """Count what was watched after `before`, the same viewer's history, oldest first."""
        latest = before[-len(self.reach.onward) :]
        if self._pairs + 2 * len(latest) > FULLEST * len(self._keys):
            self._keys, self._sums = _doubled(self._keys, self._sums)
        self._pairs += _watch(
            latest, item, self.reach.onward, self.reach.back,
            self._keys, self._sums, self.ids, self.counts,
        )  # fmt: skip

    def table(self) -> Table:
        """Return the table in its order: falling count, then id."""
        ids, counts = self.ids.copy(), self.counts.copy()
        order = np.lexsort((ids, -counts), axis=1)
        return Table(np.take_along_axis(ids, order, 1), np.take_along_axis(counts, order, 1))


@compiled
def _place(keys: Counts, key: int) -> int:
    """Return where a key is, or the free place where it goes."""
    at = (key * 0x9E3779B1 + (key >> 32)) & (len(keys) - 1)
    while keys[at] != EMPTY and keys[at] != key:
        at = (at + 1) & (len(keys) - 1)
    return at


@compiled
def _doubled(keys: Counts, sums: Counts) -> tuple[Counts, Counts]:
    more_keys = np.full(2 * len(keys), EMPTY, np.int64)
    more_sums = np.zeros(2 * len(keys), np.int64)
    for at in range(len(keys)):
        if keys[at] != EMPTY:
            to = _place(more_keys, keys[at])
            more_keys[to], more_sums[to] = keys[at], sums[at]
    return more_keys, more_sums


@compiled
def _watch(
    before: Ids,
    item: int,
    onward: Counts,
    back: Counts,
    keys: Counts,
    sums: Counts,
    ids: Ids,
    counts: Counts,
) -> int:
    pairs = 0
    for distance in range(1, len(before) + 1):
        earlier = before[len(before) - distance]
        if earlier != item:
            pairs += _add(earlier, item, onward[distance - 1], keys, sums, ids, counts)
            pairs += _add(item, earlier, back[distance - 1], keys, sums, ids, counts)
    return pairs


@compiled
def _add(
    item: int, other: int, more: int, keys: Counts, sums: Counts, ids: Ids, counts: Counts
) -> int:
    """Count one pair. Returns 1 if it is new."""
    if more == 0:
        return 0
    key = (np.int64(item) << 32) | np.int64(other)
    at = _place(keys, int(key))
    new = 1 if keys[at] == EMPTY else 0
    keys[at] = key
    sums[at] += more
    _rank(ids[item], counts[item], other, sums[at])
    return new


@compiled
def _rank(line: Ids, counts: Counts, other: int, count: int) -> None:
    """Put a neighbour with its new count into a line, if there is room or it beats the last."""
    last = 0
    for rank in range(len(line)):
        if line[rank] == other or line[rank] == NOBODY:
            line[rank], counts[rank] = other, count
            return
        if counts[rank] < counts[last] or (
            counts[rank] == counts[last] and line[rank] > line[last]
        ):
            last = rank
    if count > counts[last] or (count == counts[last] and other < line[last]):
        line[last], counts[last] = other, count
