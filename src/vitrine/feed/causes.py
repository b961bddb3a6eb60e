"""Why a clip is on a page: what spoke most for it, and which of the viewer's clips caused that.

Logged with the page (``Slate``), so that who asks later is told what was, and nothing made up.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from vitrine.feed.ranking import Reason
from vitrine.feed.retrieval import Named
from vitrine.recommend.mixing import Turn


class Why(StrEnum):
    """What spoke most for a clip, by the letter that is logged."""

    FOLLOWED = "f"
    WATCHED_WITH = "w"
    ALIKE = "a"
    MET = "m"
    FRESH = "n"
    POPULAR = "p"
    TRIED = "t"
    CHANCE = "c"


REASONS = {
    Why.FOLLOWED: Reason.FOLLOWED,
    Why.WATCHED_WITH: Reason.ALIKE,
    Why.ALIKE: Reason.ALIKE,
    Why.MET: Reason.ALIKE,
    Why.FRESH: Reason.FRESH,
    Why.POPULAR: Reason.POPULAR,
    Why.TRIED: Reason.EXPLORING,
    Why.CHANCE: Reason.EXPLORING,
}
"""The few words that stand above a clip."""


class Cause(NamedTuple):
    """Why a clip is shown. clip: which one of the viewer's caused it; 0: none did."""

    why: Why
    clip: int = 0


NOTHING = Cause(Why.POPULAR)


def of(named: Named, place: int, turn: Turn, *, is_followed: bool) -> Cause:
    """Return what spoke most for a candidate that was picked.

    A source's word is a share between its worst and its best: a clip can have some of it though
    nothing spoke for it, beside others that something spoke against. That is no reason.
    """
    if is_followed:
        return Cause(Why.FOLLOWED)
    if turn is not Turn.RANKED:
        return Cause(Why.CHANCE if turn is Turn.CHANCE else Why.TRIED)
    spoke = named.worth
    fresh, popular = spoke.fresh[place], spoke.popular[place]
    personal = {
        _watched_with: spoke.near[place],
        _alike: spoke.alike[place],
        _met: spoke.met[place],
    }
    if sum(personal.values()) > max(fresh, popular):
        for found, amount in sorted(personal.items(), key=lambda one: -one[1]):
            cause = found(named, place) if amount > 0 else NOTHING
            if cause.clip:
                return cause
    return Cause(Why.FRESH if fresh > max(popular, 0) else Why.POPULAR)


def _watched_with(named: Named, place: int) -> Cause:
    """Name the watch near which it was watched most."""
    return Cause(Why.WATCHED_WITH, named.viewer.led_to(int(named.clips[place])))


def _alike(named: Named, place: int) -> Cause:
    """Name the liked clip that speaks most for it."""
    clips, vectors, worth = named.viewer.liked
    said = (vectors @ named.vectors[place]) * worth
    return Cause(Why.ALIKE, int(clips[np.argmax(said)]) if (said > 0).any() else 0)


def _met(named: Named, place: int) -> Cause:
    """Name the viewer's clip by the same creator that says most for it."""
    viewer = named.viewer
    said = np.where(viewer.column("creator") == named.creators[place], viewer.worth, 0.0)
    return Cause(Why.MET, int(viewer.clips[np.argmax(said)]) if (said > 0).any() else 0)
