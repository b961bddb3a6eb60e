"""A page of the feed from ranked clips: what is worth most, each unlike those before it.

Creators keep their distance, new clips have their share, and a few places are left to chance, so
that what other rules would have been worth can be worked out from what was shown: each pick says
how likely it was.
Sources: Chen, Zhang and Zhou, NeurIPS 2018 (greedy choice by determinants); Swaminathan et al.,
NeurIPS 2017 (what logged chances are good for).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from vitrine.recommend.arrays import Counts, Doubles, Flags

NOTHING_LEFT = 1e-9
"""A clip that is this little unlike those before it is one of them again."""


class Turn(Enum):
    """Whose turn a place was."""

    RANKED = "ranked"
    NEW = "new"
    CHANCE = "chance"


@dataclass(frozen=True)
class Rules:
    """How a page is mixed.

    worth: how much a clip's value counts beside its being unlike the others, 0 to 1. over: so many
    of the most valuable are looked at. most, within: so many of one creator in so many places.
    apart: so many clips by others follow each. new: the share of places for new clips. chance:
    the share of places that anything may have.
    """

    worth: float = 0.65
    over: int = 150
    most: int = 2
    within: int = 10
    apart: int = 4
    new: float = 0.1
    chance: float = 0.01


@dataclass(frozen=True)
class Pool:
    """What may be shown, a line for each clip.

    values: what showing it is worth, in any unit. vectors: what it is like, of length one at most;
    a shorter one is less like any other. new: how much each new clip is to be preferred among
    them, 0 for one that is not new.
    """

    creators: Counts
    values: Doubles
    vectors: Doubles
    new: Doubles

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Before:
    """What came before the page, the last one last: creators, and the vectors of the latest."""

    creators: Sequence[int] = ()
    vectors: Doubles | None = None


@dataclass(frozen=True)
class Pick:
    """A line of the pool in its place.

    chance: how likely it was, given the picks before it and where new clips have their turn.
    """

    line: int
    turn: Turn
    chance: float


def page(
    pool: Pool, *, size: int, before: Before, rules: Rules, dice: np.random.Generator
) -> list[Pick]:
    """Choose and order at most size clips. The same dice give the same page.

    Distances give way where nobody else is left: a creator alone still fills a page.
    """
    if not len(pool):
        return []
    unlike = _Unlike(pool, before, rules)
    spacing = _Spacing(pool.creators, before.creators, rules)
    picks: list[Pick] = []
    begun = dice.random()  # so that new clips are not always in the same places
    for place in range(min(size, len(pool))):
        is_new_turn = int((place + 1) * rules.new + begun) > int(place * rules.new + begun)
        pick = _pick(pool, unlike, spacing.allowed(), rules, dice, is_new_turn=is_new_turn)
        spacing.take(pick.line)
        unlike.take(pick.line)
        picks.append(pick)
    return picks


class _Spacing:
    """Which lines are free and keep their distance; creators go by small numbers."""

    def __init__(self, creators: Counts, before: Sequence[int], rules: Rules) -> None:
        everybody = np.concatenate([creators, np.array(before, np.int64)])
        known, numbers = np.unique(everybody, return_inverse=True)
        self._rules = rules
        self._numbers = numbers[: len(creators)]
        self._before: list[int] = numbers[len(creators) :].tolist()
        self._is_free = np.ones(len(creators), np.bool_)
        self._is_far = np.ones(len(known), np.bool_)

    def allowed(self) -> Flags:
        """Return which lines keep their distance, or, as long as there are none, keep less."""
        before, rules = self._before, self._rules
        near = before[-rules.apart :] if rules.apart else []
        far = before[-(rules.within - 1) :] if rules.within > 1 else []
        often = [one for one in set(far) if far.count(one) >= rules.most]
        for too_near in ([*near, *often], near, before[-1:]):
            self._is_far[too_near] = False
            allowed = self._is_far[self._numbers] & self._is_free
            self._is_far[too_near] = True
            if allowed.any():
                return allowed
        return self._is_free.copy()

    def take(self, line: int) -> None:
        """Note that a line is on the page."""
        self._is_free[line] = False
        self._before.append(int(self._numbers[line]))


def _pick(
    pool: Pool,
    unlike: "_Unlike",
    allowed: Flags,
    rules: Rules,
    dice: np.random.Generator,
    *,
    is_new_turn: bool,
) -> Pick:
    new = np.where(allowed, pool.new, 0.0) if is_new_turn else pool.new[:0]
    is_new_turn = bool(new.any())
    is_chance = dice.random() < rules.chance
    drawn = dice.random()
    best = -1 if is_new_turn else unlike.best(allowed)
    if is_chance:
        line = _drawn(allowed.astype(np.float64), drawn)
    else:
        line = _drawn(new, drawn) if is_new_turn else best
    turn = Turn.CHANCE if is_chance else Turn.NEW if is_new_turn else Turn.RANKED
    chosen = float(new[line] / new.sum()) if is_new_turn else float(line == best)
    anything = 1 / np.count_nonzero(allowed)
    return Pick(line, turn, rules.chance * anything + (1 - rules.chance) * chosen)


def _drawn(chances: Doubles, drawn: float) -> int:
    """Return the line that is drawn by a number from 0 to 1; never one without a chance."""
    sums = np.cumsum(chances)
    return int(sums.searchsorted(drawn * sums[-1], side="right"))


class _Unlike:
    """The greedy choice of what adds most to the determinant of values and likenesses.

    The most valuable lines alone are looked at, and the others where none of these is left. What
    came before the page is taken already. A step costs one product of the vectors with one.
    """

    def __init__(self, pool: Pool, before: Before, rules: Rules) -> None:
        self._order = np.argsort(-pool.values, kind="stable")
        self._lines = self._order[: rules.over]
        self._places = np.full(len(pool), -1, np.int64)
        self._places[self._lines] = np.arange(len(self._lines))
        values = pool.values[self._lines]
        vectors = pool.vectors[self._lines]
        sharpness = rules.worth / (2 * max(1 - rules.worth, NOTHING_LEFT))
        weights = np.exp(sharpness * (values - values.max()) / (np.ptp(values) or 1.0))
        earlier = before.vectors if before.vectors is not None else vectors[:0]
        self._vectors = np.concatenate([vectors * weights[:, None], earlier])
        self._left = np.concatenate([weights**2, np.ones(len(earlier))])
        self._shares = np.empty((len(self._left), 0), order="F")
        for place in range(len(vectors), len(self._vectors)):
            self._take(place)

    def best(self, allowed: Flags) -> int:
        """Return the allowed line that adds most; of equals the most valuable, then the first."""
        gains = np.where(allowed[self._lines], self._left[: len(self._lines)], -1.0)
        place = int(np.argmax(gains))
        if gains[place] > NOTHING_LEFT:
            return int(self._lines[place])
        return int(self._order[np.argmax(allowed[self._order])])

    def take(self, line: int) -> None:
        """Note that a line is on the page: what is like it adds less from now on."""
        if self._places[line] >= 0:
            self._take(int(self._places[line]))

    def _take(self, place: int) -> None:
        left = self._left[place]
        if left <= NOTHING_LEFT:
            return
        likeness = self._vectors @ self._vectors[place] - self._shares @ self._shares[place]
        share = likeness / np.sqrt(left)
        self._shares = np.concatenate([self._shares.T, share[None]]).T
        self._left = np.maximum(self._left - share**2, 0.0)
