"""Find the lines that foretell best what came of showings: see ``foretelling``.

The best line is found by Newton's steps from zero, a convex problem: there is no rate to choose.
Sums are taken in the order of showings by one processor, so that the same showings give the same
line to the last bit; a library's product of arrays depends on the number of threads.
Source: docs/adr/0097-the-ranker-that-learns.md.
"""

import numpy as np

from vitrine.recommend.arrays import Doubles
from vitrine.recommend.compiled import compiled

ROUNDS = 25
STEADY = 4.0
"""How strongly each sign is held to say nothing, in showings."""
HARDLY = 1e-6
"""How strongly what a line begins with is held, and how it is turned."""
LATER = 0.2
"""The share of showings, the latest, that the rest is held against."""
FEWEST = 30.0
"""What happened less often, or in all but so few showings, is not foretold by signs."""
BETTER = 0.002
"""A line is used where it takes at least this share off the surprise of later showings."""


def fitted(signs: Doubles, came: Doubles, weights: Doubles) -> Doubles:
    """Return a line for each thing: its weight of each sign, then what it begins with.

    signs, came: a row for each showing, the oldest first; came: how much of each thing there was,
    0 to 1. weights: how much each showing counts. A line is fitted to the earlier showings and set
    right by the later ones, so that what it foretells comes as often as it says; one that foretells
    these no better than the mean does is that mean.
    """
    lines = np.zeros((came.shape[1], signs.shape[1] + 1))
    rows = np.column_stack([signs, np.ones(len(signs))])
    for thing in range(came.shape[1]):
        lines[thing] = _line(rows, np.ascontiguousarray(came[:, thing]), weights)
    return lines


def _line(rows: Doubles, came: Doubles, weights: Doubles) -> Doubles:
    first = int(len(rows) * (1 - LATER))
    plain = np.zeros(rows.shape[1])
    plain[-1] = _odds(_mean(came, weights))
    if not FEWEST <= came.sum() <= len(came) - FEWEST:
        return plain
    line = _fit(rows[:first], came[:first], weights[:first], STEADY)
    said = _said(rows[first:], line)
    later = np.column_stack([said, np.ones(len(said))])
    then, counts = came[first:], weights[first:]
    turn, begin = _fit(later, then, counts, HARDLY)
    guess = np.array([0.0, _odds(_mean(came[:first], weights[:first]))])
    surprise = _pass(later, then, counts, np.array([1.0, 0.0]))[0]
    if turn <= 0 or surprise > (1 - BETTER) * _pass(later, then, counts, guess)[0]:
        return plain
    found = np.asarray(line * turn)
    found[-1] += begin
    return found


def _fit(rows: Doubles, came: Doubles, weights: Doubles, steady: float) -> Doubles:
    """Return the weights of columns, the last of which is held by hardly anything."""
    held = np.full(rows.shape[1], steady)
    held[-1] = HARDLY
    now = np.zeros(rows.shape[1])
    loss, slope, bend = _held(rows, came, weights, held, now)
    for _ in range(ROUNDS):
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while True:
            new = _held(rows, came, weights, held, now + size * step)
            if new[0] <= loss or size < 1e-3:
                break
            size /= 2
        gain = loss - new[0]
        if gain <= 0:
            break
        now, (loss, slope, bend) = now + size * step, new
        if gain < 1e-9 * abs(loss):
            break
    return now


def _held(
    rows: Doubles, came: Doubles, weights: Doubles, held: Doubles, now: Doubles
) -> tuple[float, Doubles, Doubles]:
    loss, slope, bend = _pass(rows, came, weights, now)
    whole = bend + np.tril(bend, -1).T + np.diag(held)
    return loss + float((held * now**2).sum()) / 2, slope - held * now, whole


@compiled
def _pass(
    rows: Doubles, came: Doubles, weights: Doubles, now: Doubles
) -> tuple[float, Doubles, Doubles]:
    """Return how surprising what came was, the slope of that, and the lower half of its bend."""
    size = rows.shape[1]
    loss = 0.0
    slope = np.zeros(size)
    bend = np.zeros((size, size))
    for row in range(len(rows)):
        odds = 0.0
        for at in range(size):
            odds += rows[row, at] * now[at]
        share = 1 / (1 + np.exp(-odds))
        loss += weights[row] * (np.maximum(odds, 0.0) + np.log1p(np.exp(-abs(odds))))
        loss -= weights[row] * came[row] * odds
        off = weights[row] * (came[row] - share)
        bent = weights[row] * share * (1 - share)
        for at in range(size):
            slope[at] += off * rows[row, at]
            part = bent * rows[row, at]
            for other in range(at + 1):
                bend[at, other] += part * rows[row, other]
    return loss, slope, bend


@compiled
def _said(rows: Doubles, line: Doubles) -> Doubles:
    odds = np.zeros(len(rows))
    for row in range(len(rows)):
        for at in range(len(line)):
            odds[row] += rows[row, at] * line[at]
    return odds


def _mean(came: Doubles, weights: Doubles) -> float:
    return float((came * weights).sum()) / max(float(weights.sum()), 1e-9)


def _odds(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(share / (1 - share)))
