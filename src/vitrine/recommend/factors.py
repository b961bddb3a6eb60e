"""Implicit matrix factorisation by alternating least squares, and the folding-in of a viewer.

Source: Hu, Koren and Volinsky, ICDM 2008; the scaling of the penalty is that of Rendle et al.,
RecSys 2022.
"""

from dataclasses import dataclass

import numpy as np
from numba import prange

from vitrine.recommend.arrays import Counts, Floats, Ids
from vitrine.recommend.compiled import compiled, spread
from vitrine.recommend.engine import Engine, here
from vitrine.recommend.rows import Rows


@dataclass(frozen=True)
class Penalties:
    """unwatched: the weight of each item that a viewer did not watch, against 1 for one watched."""

    size: int = 64
    unwatched: float = 0.1
    penalty: float = 0.003


def fitted(
    histories: Rows,
    by: Penalties,
    *,
    rounds: int = 8,
    start: Floats | None = None,
    engine: Engine = here,
) -> Floats:
    """Return a vector for each item. start: those of last time, so that few rounds are enough."""
    turned = histories.turned()
    items = first(histories.width, by.size) if start is None else _widened(start, histories.width)
    for _ in range(rounds):
        viewers = folded(histories, items, by, engine=engine)
        items = folded(turned, viewers, by, engine=engine)
    return items


def folded(histories: Rows, items: Floats, by: Penalties, *, engine: Engine = here) -> Floats:
    """Return the vector that explains each history best, the items' vectors being given."""
    everything = (by.unwatched * (items.T @ items)).astype(np.float32)
    spread_penalty = by.penalty * (by.unwatched * len(items) + histories.lengths)
    rows = histories.starts, histories.ids, histories.weights
    shared = [*rows, items, everything, spread_penalty.astype(np.float32)]
    return np.concatenate(engine(_solved, len(histories), shared))


def first(width: int, size: int) -> Floats:
    """Return vectors to begin with: small, and the same each time."""
    drawn = np.random.default_rng(0).standard_normal((width, size), dtype=np.float32)
    return (drawn * np.float32(0.1 / np.sqrt(size))).astype(np.float32)


def _widened(start: Floats, width: int) -> Floats:
    vectors = first(width, start.shape[1])
    vectors[: len(start)] = start[:width]
    return vectors


@spread
def _solved(
    starts: Counts,
    ids: Ids,
    weights: Floats,
    items: Floats,
    everything: Floats,
    penalty: Floats,
    first: int,
    until: int,
) -> Floats:
    size = items.shape[1]
    vectors = np.zeros((until - first, size), np.float32)
    for row in prange(first, until):
        if starts[row] == starts[row + 1]:
            continue
        left = everything.copy()
        right = np.zeros(size, np.float32)
        for at in range(starts[row], starts[row + 1]):
            vector, weight = items[ids[at]], weights[at]
            for line in range(size):
                part = weight * vector[line]
                right[line] += part
                for column in range(line + 1):
                    left[line, column] += part * vector[column]
        for line in range(size):
            left[line, line] += penalty[row]
        _solve(left, right)
        vectors[row - first] = right
    return vectors


@compiled
def _solve(left: Floats, right: Floats) -> None:
    """Put the solution in place of the right side. left: its lower half is read, and spent.

    By Cholesky, written out: a library would start threads of its own from each of ours.
    """
    size = len(right)
    for line in range(size):
        for column in range(line + 1):
            rest = left[line, column]
            for before in range(column):
                rest -= left[line, before] * left[column, before]
            left[line, column] = np.sqrt(rest) if line == column else rest / left[column, column]
    for line in range(size):
        for before in range(line):
            right[line] -= left[line, before] * right[before]
        right[line] /= left[line, line]
    for line in range(size - 1, -1, -1):
        for after in range(line + 1, size):
            right[line] -= left[after, line] * right[after]
        right[line] /= left[line, line]
