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
    creators = list(before.creators)
    is_free = np.ones(len(pool), np.bool_)
    picks: list[Pick] = []
    begun = dice.random()  # so that new clips are not always in the same places
    for place in range(min(size, len(pool))):
        allowed = _allowed(pool.creators, creators, is_free, rules)
        is_new_turn = int((place + 1) * rules.new + begun) > int(place * rules.new + begun)
        pick = _pick(pool, unlike, allowed, rules, dice, is_new_turn=is_new_turn)
        is_free[pick.line] = False
        creators.append(int(pool.creators[pick.line]))
        unlike.take(pick.line)
        picks.append(pick)
    return picks


def _allowed(creators: Counts, before: Sequence[int], is_free: Flags, rules: Rules) -> Flags:
    """Return which lines keep their distance, or, as long as there are none, keep less of it."""
    near = before[-rules.apart :] if rules.apart else []
    far = before[-(rules.within - 1) :] if rules.within > 1 else []
    often = [one for one in set(far) if far.count(one) >= rules.most]
    for too_near in ([*near, *often], near, before[-1:]):
        allowed = is_free.copy()
        for one in too_near:  # a few: one comparison each is faster than a set of them
            allowed &= creators != one
        if allowed.any():
            return allowed
    return is_free


def _pick(
    pool: Pool,
    unlike: "_Unlike",
    allowed: Flags,
    rules: Rules,
    dice: np.random.Generator,
    *,
    is_new_turn: bool,
) -> Pick:
    new = np.where(allowed, pool.new, 0.0)
    is_new_turn = is_new_turn and bool(new.any())
    if is_new_turn:
        chances = new / new.sum()
    else:
        chances = np.zeros(len(pool))
        chances[unlike.best(allowed)] = 1.0
    anything = allowed / np.count_nonzero(allowed)
    is_chance = dice.random() < rules.chance
    line = _drawn(anything if is_chance else chances, dice)
    turn = Turn.CHANCE if is_chance else Turn.NEW if is_new_turn else Turn.RANKED
    likely = rules.chance * anything[line] + (1 - rules.chance) * chances[line]
    return Pick(line, turn, float(likely))


def _drawn(chances: Doubles, dice: np.random.Generator) -> int:
    """Draw a line; one without a chance is never drawn."""
    sums = np.cumsum(chances)
    return int(np.searchsorted(sums, dice.random() * sums[-1], side="right"))


class _Unlike:
    """The greedy choice of what adds most to the determinant of values and likenesses.

    The most valuable lines alone are looked at, and the others where none of these is left. What
    came before the page is taken already. A step costs one product of the vectors with one.
    """

    def __init__(self, pool: Pool, before: Before, rules: Rules) -> None:
        self._order = np.lexsort((np.arange(len(pool)), -pool.values))
        self._lines = self._order[: rules.over]
        self._places = {int(line): place for place, line in enumerate(self._lines)}
        values = pool.values[self._lines]
        vectors = pool.vectors[self._lines]
        sharpness = rules.worth / (2 * max(1 - rules.worth, NOTHING_LEFT))
        weights = np.exp(sharpness * (values - values.max()) / (np.ptp(values) or 1.0))
        earlier = before.vectors if before.vectors is not None else vectors[:0]
        self._vectors = np.concatenate([vectors, earlier])
        self._weights = np.concatenate([weights, np.ones(len(earlier))])
        self._left = self._weights**2
        self._shares: list[Doubles] = []
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
        if line in self._places:
            self._take(self._places[line])

    def _take(self, place: int) -> None:
        left = self._left[place]
        if left <= NOTHING_LEFT:
            return
        likeness = self._weights * (self._vectors @ self._vectors[place]) * self._weights[place]
        for share in self._shares:
            likeness -= share * share[place]
        share = likeness / np.sqrt(left)
        self._shares.append(share)
        self._left = np.maximum(self._left - share**2, 0.0)
