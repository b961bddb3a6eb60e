"""One order from many sources: each says how much, a weight for each says how far to trust it.

Every source names its best; the candidates are all that were named, and each source scores all of
them. Equal values go to the lower id, so that a replay gives the same page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import prange

from vitrine.recommend.arrays import Counts, Doubles, Floats, Ids
from vitrine.recommend.compiled import compiled, spread
from vitrine.recommend.rows import Rows
from vitrine.recommend.speaking import spoken

ROUNDS = 30
STEADY = 1.0
"""How strongly weights are held at zero, in viewers."""


@dataclass(frozen=True)
class Candidates:
    """The candidates of each viewer, in ascending order, and what the sources say of each."""

    starts: Counts
    ids: Ids
    said: Floats


def best(scores: Floats, seen: Rows, size: int) -> Ids:
    """Return the ids of the highest scores of each line that are not seen, by score, then id.

    A line with fewer is filled up with the width.
    """
    return _best(scores, seen.starts, seen.ids, size)


@spread
def _best(scores: Floats, starts: Counts, seen: Ids, size: int) -> Ids:
    lines, width = scores.shape
    found = np.full((lines, size), width, np.int32)
    for line in prange(lines):
        hidden = np.zeros(width, np.bool_)
        for at in range(starts[line], starts[line + 1]):
            hidden[seen[at]] = True
        top = np.full(size, -np.inf, np.float32)
        for item in range(width):
            score = scores[line, item]
            if score <= top[size - 1] or hidden[item]:
                continue
            at = size - 1
            while at > 0 and top[at - 1] < score:
                top[at], found[line, at] = top[at - 1], found[line, at - 1]
                at -= 1
            top[at], found[line, at] = score, item
    return found


def gathered(scores: Sequence[Floats], seen: Rows, size: int) -> Candidates:
    """Gather the `size` best of each source, and let all sources speak of each."""
    named = np.concatenate([best(one, seen, size) for one in scores], axis=1)
    named.sort(axis=1)
    width = scores[0].shape[1]
    fresh = named < width
    fresh[:, 1:] &= named[:, 1:] != named[:, :-1]
    starts = np.zeros(len(named) + 1, np.int64)
    np.cumsum(fresh.sum(axis=1), out=starts[1:])
    ids = named[fresh]
    owners = np.repeat(np.arange(len(named)), np.diff(starts))
    said = np.stack([spoken(one[owners, ids], starts) for one in scores], axis=1)
    return Candidates(starts, ids, said.reshape(len(ids), -1))


def weights(of: Candidates, watched: Rows) -> Floats:
    """Return the weights under which what was watched next is likeliest to be chosen.

    A viewer chooses among their candidates by softmax of the weighted sum: a convex problem, solved
    by Newton's steps from zero, so that the answer is always the same. Viewers count alike.
    """
    hits = _hits(of, watched)
    now = np.zeros(of.said.shape[1], np.float64)
    loss, slope, bend = _choice(of.starts, of.said, hits, now)
    for _ in range(ROUNDS):
        slope = slope - STEADY * now
        step = np.linalg.solve(bend + STEADY * np.eye(len(now)), slope)
        size = 1.0
        while True:
            there = now + size * step
            new = _choice(of.starts, of.said, hits, there)
            gain = (new[0] - STEADY / 2 * there @ there) - (loss - STEADY / 2 * now @ now)
            if gain >= 0 or size < 1e-3:
                break
            size /= 2
        now, (loss, slope, bend) = there, new
        if gain < 1e-6 * abs(loss):
            break
    return now.astype(np.float32)


def _hits(of: Candidates, watched: Rows) -> Floats:
    """Mark each candidate that was watched, so that the marks of one viewer add up to 1."""
    owners = np.repeat(np.arange(len(of.starts) - 1), np.diff(of.starts))
    wide = np.int64(watched.width)
    after = np.repeat(np.arange(len(watched)), watched.lengths) * wide + watched.ids
    hits = np.isin(owners * wide + of.ids, after).astype(np.float32)
    sums = np.bincount(owners, weights=hits, minlength=len(of.starts) - 1)
    return (hits / np.maximum(sums, 1)[owners]).astype(np.float32)


@spread
def _choice(
    starts: Counts, said: Floats, hits: Floats, now: Doubles
) -> tuple[float, Doubles, Doubles]:
    """Return the log-likelihood of what was chosen, its slope, and how it bends."""
    size, strips = said.shape[1], 16
    losses = np.zeros(strips)
    slopes = np.zeros((strips, size))
    bends = np.zeros((strips, size, size))
    for strip in prange(strips):
        for row in range(strip, len(starts) - 1, strips):
            first, until = starts[row], starts[row + 1]
            if hits[first:until].any():
                losses[strip] += _one_choice(
                    said[first:until], hits[first:until], now, slopes[strip], bends[strip]
                )
    bend = bends.sum(axis=0)
    return losses.sum(), slopes.sum(axis=0), bend + np.tril(bend, -1).T


@compiled
def _one_choice(said: Floats, hits: Floats, now: Doubles, slope: Doubles, bend: Doubles) -> float:
    """Add one viewer's choice to the slope and the lower half of the bend. Returns its part."""
    values = np.zeros(len(hits))
    for at in range(len(hits)):
        for source in range(len(now)):
            values[at] += now[source] * said[at, source]
    values -= values.max()
    chances = np.exp(values)
    total = chances.sum()
    loss = 0.0
    mean = np.zeros(len(now))
    for at in range(len(hits)):
        loss += hits[at] * (values[at] - np.log(total))
        for source in range(len(now)):
            part = chances[at] / total * said[at, source]
            mean[source] += part
            slope[source] += hits[at] * said[at, source]
            for other in range(source + 1):
                bend[source, other] += part * said[at, other]
    for source in range(len(now)):
        slope[source] -= mean[source]
        for other in range(source + 1):
            bend[source, other] -= mean[source] * mean[other]
    return loss


def ranked(of: Candidates, trust: Floats, size: int) -> Ids:
    """Return each viewer's best candidates, by weighted sum, then id; filled up with -1."""
    values = (of.said @ trust).astype(np.float32)
    owners = np.repeat(np.arange(len(of.starts) - 1), np.diff(of.starts))
    order = np.lexsort((of.ids, -values, owners))
    place = np.arange(len(owners)) - of.starts[owners]
    page = np.full((len(of.starts) - 1, size), -1, np.int32)
    inside = place < size
    page[owners[inside], place[inside]] = of.ids[order][inside]
    return page
