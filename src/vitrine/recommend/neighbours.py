"""What is watched near what: counts of pairs, and for each item its nearest.

Counts are whole numbers, so that their sum does not depend on the order of adding: one process or
many, watch by watch or all at once, the tables are equal to the last bit (docs/adr/0090).
"""

from dataclasses import dataclass

import numpy as np
from numba import prange

from vitrine.recommend.arrays import Counts, Floats, Ids
from vitrine.recommend.compiled import compiled, spread
from vitrine.recommend.engine import Engine, here
from vitrine.recommend.reach import UNIT, Reach
from vitrine.recommend.rows import Rows, power

NEAREST = 200
NOBODY = -1
"""Fills the rest of a line that has fewer neighbours."""


@dataclass(frozen=True)
class Table:
    """For each item its nearest, by falling count, then id. Flat: can be mapped from a file."""

    ids: Ids
    counts: Counts


@dataclass(frozen=True)
class Strengths:
    """What a table's counts are worth once popularity is taken off."""

    ids: Ids
    values: Floats


def counted(
    histories: Rows, reach: Reach, *, nearest: int = NEAREST, engine: Engine = here
) -> Table:
    """Count the pairs of all histories, in their order, and keep the nearest of each item."""
    shares = np.ones(len(histories), np.int64)
    return _table(histories, shares, reach.onward, reach.back, nearest, engine)


def counted_together(histories: Rows, *, nearest: int = NEAREST, share: float = 1.0) -> Table:
    """Count the pairs of histories that have no order: a long one counts less, by length^-share."""
    shares = np.rint(UNIT * power(histories.lengths, -share).astype(np.float64)).astype(np.int64)
    reach = np.ones(max(1, int(histories.lengths.max(initial=1))), np.int64)
    return _table(histories, shares, reach, reach, nearest, here)


def _table(
    histories: Rows, shares: Counts, onward: Counts, back: Counts, nearest: int, engine: Engine
) -> Table:
    order = np.argsort(histories.ids, kind="stable")
    starts = np.zeros(histories.width + 1, np.int64)
    np.cumsum(histories.popularity(), out=starts[1:])
    owners = np.repeat(np.arange(len(histories)), histories.lengths)[order]
    rows = histories.starts, histories.ids, shares, onward, back
    made = engine(_count, histories.width, [starts, order, owners, *rows, nearest])
    return Table(*(np.concatenate(parts) for parts in zip(*made, strict=True)))


@spread
def _count(
    item_starts: Counts,
    places: Counts,
    owners: Counts,
    starts: Counts,
    ids: Ids,
    shares: Counts,
    onward: Counts,
    back: Counts,
    nearest: int,
    first: int,
    until: int,
) -> tuple[Ids, Counts]:
    items = len(item_starts) - 1
    near = np.full((until - first, nearest), NOBODY, np.int32)
    worth = np.zeros((until - first, nearest), np.int64)
    strips = 64
    for strip in prange(strips):
        tally = np.zeros(items, np.int64)
        met = np.empty(items, np.int32)
        for item in range(first + strip, until, strips):
            size = 0
            for at in range(item_starts[item], item_starts[item + 1]):
                owner = owners[at]
                size = _tally_one(
                    ids[starts[owner] : starts[owner + 1]], places[at] - starts[owner],
                    shares[owner], onward, back, tally, met, size,
                )  # fmt: skip
            found = np.sort(met[:size])
            best = np.argsort(-tally[found], kind="mergesort")[:nearest]
            near[item - first, : len(best)] = found[best]
            worth[item - first, : len(best)] = tally[found[best]]
            tally[found] = 0
    return near, worth


@compiled
def _tally_one(
    history: Ids,
    place: int,
    share: int,
    onward: Counts,
    back: Counts,
    tally: Counts,
    met: Ids,
    size: int,
) -> int:
    """Count what stands near one place of one history. Returns how many items were met so far."""
    for other in range(max(0, place - len(back)), min(len(history), place + len(onward) + 1)):
        neighbour = history[other]
        if neighbour == history[place]:
            continue
        more = share * (onward[other - place - 1] if other > place else back[place - other - 1])
        if more > 0:
            if tally[neighbour] == 0:
                met[size] = neighbour
                size += 1
            tally[neighbour] += more
    return size


def strengths(
    table: Table,
    popularity: Counts,
    *,
    own: float = 0.3,
    other: float = 0.3,
    sharpness: float = 1.0,
) -> Strengths:
    """Take popularity off on both sides: count / (own^.3 × other^.3), then sharpen."""
    less = power(popularity, -other)[np.maximum(table.ids, 0)]
    values = table.counts / np.float32(UNIT) * power(popularity, -own)[:, None] * less
    return Strengths(table.ids, np.where(table.ids >= 0, values**sharpness, 0).astype(np.float32))


def scores(histories: Rows, near: Strengths) -> Floats:
    """Add up, for each history, the neighbours of what is in it, each by its weight."""
    return _scores(histories.starts, histories.ids, histories.weights, near.ids, near.values)


@spread
def _scores(starts: Counts, ids: Ids, weights: Floats, near: Ids, values: Floats) -> Floats:
    total = np.zeros((len(starts) - 1, len(near)), np.float32)
    for row in prange(len(starts) - 1):
        for at in range(starts[row], starts[row + 1]):
            item, weight = ids[at], weights[at]
            for rank in range(near.shape[1]):
                if near[item, rank] < 0:
                    break
                total[row, near[item, rank]] += weight * values[item, rank]
    return total


def peer_scores(
    histories: Rows, others: Rows, *, rare: float = 0.5, long: float = 0.5, sharpness: float = 1.5
) -> Floats:
    """Add up what those watched who watched the same: the rarer the common items, the more.

    others: all histories. One that is among them is its own peer, which favours only what it has.
    """
    by_item = others.turned()
    of_item = power(others.popularity(), -rare)
    of_peer = power(others.lengths, -long)
    return _peer_scores(
        histories.starts, histories.ids, histories.weights * of_item[histories.ids],
        by_item.starts, by_item.ids, others.starts, others.ids, of_peer, sharpness, others.width,
    )  # fmt: skip


@spread
def _peer_scores(
    starts: Counts,
    ids: Ids,
    weights: Floats,
    item_starts: Counts,
    viewers: Ids,
    peer_starts: Counts,
    peer_ids: Ids,
    of_peer: Floats,
    sharpness: float,
    items: int,
) -> Floats:
    total = np.zeros((len(starts) - 1, items), np.float32)
    strips = 32
    for strip in prange(strips):
        alike = np.zeros(len(of_peer), np.float32)
        is_met = np.zeros(len(of_peer), np.bool_)
        met = np.empty(len(of_peer), np.int32)
        for row in range(strip, len(starts) - 1, strips):
            size = 0
            for at in range(starts[row], starts[row + 1]):
                for seat in range(item_starts[ids[at]], item_starts[ids[at] + 1]):
                    peer = viewers[seat]
                    if not is_met[peer]:
                        is_met[peer] = True  # not by likeness: a faded weight can be 0
                        met[size] = peer
                        size += 1
                    alike[peer] += weights[at]
            for at in range(size):
                peer = met[at]
                likeness = (alike[peer] * of_peer[peer]) ** sharpness
                alike[peer] = 0
                is_met[peer] = False
                for seat in range(peer_starts[peer], peer_starts[peer + 1]):
                    total[row, peer_ids[seat]] += likeness
    return total
