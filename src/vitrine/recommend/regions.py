"""Vectors in regions, so that the best of many are found by looking at a few thousand.

The centres are means of what is nearest to them (Lloyd's rounds from evenly chosen vectors), so
the same vectors give the same regions. Source: inverted files, Jégou et al., PAMI 2011.
"""

from dataclasses import dataclass

import numpy as np

from vitrine.recommend.arrays import Counts, Floats, Ids

ROUNDS = 6
BLOCK = 4_096


@dataclass(frozen=True)
class Regions:
    """Centres, and the lines of each: ids[starts[r]:starts[r + 1]], ascending.

    vectors: of ids, in their order: what is looked at together lies together. Rows that are picked
    from all over a mapped file take several times as long, each from a page of its own.
    """

    centres: Floats
    starts: Counts
    ids: Ids
    vectors: Floats


def divided(vectors: Floats, lines: Ids) -> Regions:
    """Divide some lines of vectors among as many regions as there are lines in each."""
    size = max(1, round(len(lines) ** 0.5)) if len(lines) else 0
    own = vectors[lines]
    centres = own[np.linspace(0, len(own) - 1, size).astype(np.int64)] if size else own[:0]
    nearest = np.zeros(len(own), np.int64)
    for _ in range(ROUNDS if size else 0):
        nearest = _nearest(own, centres)
        sums = np.zeros((size, own.shape[1]), np.float64)
        np.add.at(sums, nearest, own.astype(np.float64))
        taken = np.bincount(nearest, minlength=size)
        means = sums / np.maximum(taken, 1)[:, None]
        centres = np.where(taken[:, None] > 0, means, centres).astype(np.float32)
    order = np.argsort(nearest, kind="stable")
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(nearest, minlength=size), out=starts[1:])
    return Regions(centres, starts, lines[order].astype(np.int32), own[order])


def _nearest(vectors: Floats, centres: Floats) -> Counts:
    """Return the nearest centre of each vector; of equals the first."""
    squares = (centres.astype(np.float64) ** 2).sum(axis=1).astype(np.float32) / 2
    found = np.zeros(len(vectors), np.int64)
    for start in range(0, len(vectors), BLOCK):
        block = slice(start, start + BLOCK)
        found[block] = np.argmax(vectors[block] @ centres.T - squares, axis=1)
    return found


def probed(regions: Regions, wanted: Floats, *, most: int) -> tuple[Ids, Floats]:
    """Return the lines of the regions that promise most for a vector, and their products with it.

    most: so many lines are looked at, and a region more.
    """
    if not len(regions.centres):
        return regions.ids[:0], np.zeros(0, np.float32)
    order = np.argsort(-(regions.centres @ wanted), kind="stable")
    ends = np.cumsum(np.diff(regions.starts)[order])
    promising = order[: int(ends.searchsorted(most)) + 1]
    parts = [slice(*regions.starts[r : r + 2].tolist()) for r in promising]
    lines = np.concatenate([regions.ids[part] for part in parts])
    return lines, np.concatenate([regions.vectors[part] @ wanted for part in parts])
