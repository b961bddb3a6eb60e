"""Which clips come next: fresh and popular, with room for those that nobody knows yet.

Arithmetic only: no clock, no database, no Django. The same seed gives the same slate.
"""

import math
import random
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

FRESHNESS_HALF_LIFE_HOURS = 72.0
FRESHNESS_WEIGHT = 1.0
FOLLOWED_BONUS = 0.35
JITTER = 0.25
"""Two viewers see different orders, and one viewer a different order every day."""

EXPLORING_PLACES = frozenset({2, 6})
"""Places of a slate, from 0, kept for a clip that has hardly been shown."""
SHOWN_ENOUGH = 200

MOST_OF_ONE_CREATOR = 2
PRIOR_SHOWN = 8.0
PRIOR_APPEAL = 0.35
LIKE_WEIGHT = 2.0


class Reason(StrEnum):
    """Why a clip was chosen. Shown to the viewer on the clip."""

    FOLLOWED = "followed"
    FRESH = "fresh"
    POPULAR = "popular"
    EXPLORING = "exploring"
    ALIKE = "alike"


class Candidate(NamedTuple):
    """A clip that may be shown. appeal: 0 to 1, see appeal(). shown: times, to anybody."""

    clip: int
    creator: int
    age_hours: float
    appeal: float
    shown: int
    is_followed: bool = False


class Pick(NamedTuple):
    """A clip in its place, and why."""

    clip: int
    reason: Reason


def appeal(*, shown: int, finished: int, liked: int) -> float:
    """Return how well a clip is received, 0 to 1: finished watches and likes per showing.

    A clip shown a few times stands near the prior, so that one early like is no triumph.
    """
    warmth = finished + LIKE_WEIGHT * liked + PRIOR_APPEAL * PRIOR_SHOWN
    return min(warmth / (shown + PRIOR_SHOWN), 1.0)


def slate(candidates: Sequence[Candidate], *, size: int, seed: int) -> list[Pick]:
    """Choose and order at most size clips.

    No two neighbours of one creator, and at most two in a slate, as long as there are others.
    """
    dice = random.Random(seed)  # noqa: S311  (an order of clips, not a secret)
    scored = sorted((-_score(c) - JITTER * dice.random(), c) for c in candidates)
    ranked = [candidate for _, candidate in scored]
    hardly_shown = [c for c in ranked if c.shown < SHOWN_ENOUGH]
    somewhere = dice.randrange(len(hardly_shown) + 1)
    hardly_shown = hardly_shown[somewhere:] + hardly_shown[:somewhere]
    return list(_places(ranked, hardly_shown, size=size))


def _score(candidate: Candidate) -> float:
    followed = FOLLOWED_BONUS if candidate.is_followed else 0.0
    return FRESHNESS_WEIGHT * _freshness(candidate) + candidate.appeal + followed


def _freshness(candidate: Candidate) -> float:
    return math.exp2(-max(candidate.age_hours, 0.0) / FRESHNESS_HALF_LIFE_HOURS)


def _places(ranked: list[Candidate], hardly_shown: list[Candidate], *, size: int) -> Iterator[Pick]:
    taken: set[int] = set()
    by_creator: dict[int, int] = {}
    last_creator = 0
    for place in range(min(size, len(ranked))):
        exploring = place in EXPLORING_PLACES
        sources = (hardly_shown, ranked) if exploring else (ranked,)
        chosen, found_exploring = _first_fitting(sources, taken, by_creator, last_creator)
        taken.add(chosen.clip)
        by_creator[chosen.creator] = by_creator.get(chosen.creator, 0) + 1
        last_creator = chosen.creator
        yield Pick(chosen.clip, _reason(chosen, exploring=exploring and found_exploring))


def _first_fitting(
    sources: Sequence[list[Candidate]],
    taken: set[int],
    by_creator: dict[int, int],
    last_creator: int,
) -> tuple[Candidate, bool]:
    for number, source in enumerate(sources):
        for c in source:
            if c.clip in taken or c.creator == last_creator:
                continue
            if by_creator.get(c.creator, 0) < MOST_OF_ONE_CREATOR:
                return c, number == 0
    return next(c for c in sources[-1] if c.clip not in taken), False


def _reason(candidate: Candidate, *, exploring: bool) -> Reason:
    if candidate.is_followed:
        return Reason.FOLLOWED
    if exploring:
        return Reason.EXPLORING
    is_fresh = _freshness(candidate) >= candidate.appeal
    return Reason.FRESH if is_fresh else Reason.POPULAR
