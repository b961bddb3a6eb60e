"""What one viewer did, as arrays: what it says of clips, of creators, and of the viewer.

Arithmetic: no clock, no database. Source: docs/adr/0091-the-feed-that-learns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.tables import PENALTY, UNWATCHED, Learnt, at, places
from vitrine.feed.plausible import ENOUGH_MS
from vitrine.feed.unseen import Past
from vitrine.feed.weighing import OURS, Weights
from vitrine.feed.worth import Deed, worth
from vitrine.recommend.arrays import Counts, Doubles, Floats
from vitrine.recommend.folding import folded_one
from vitrine.recommend.reach import UNIT
from vitrine.recommend.watch_time import WatchTimes


@dataclass(frozen=True)
class Viewer:
    """What one viewer did, as arrays, the latest first; worth: what each watch says of its clip.

    by: what their pages are weighed by.
    """

    learnt: Learnt
    past: Sequence[Past]
    followed: Counts
    by: Weights = OURS

    @cached_property
    def clips(self) -> Counts:
        """Return what was watched."""
        return np.array([one.clip for one in self.past], np.int64)

    @cached_property
    def worth(self) -> Doubles:
        """Return what each watch says."""
        watched = np.array([max(one.watched_ms, 0) for one in self.past], np.int64)
        lengths = np.array([one.duration_ms for one in self.past], np.int64)
        gain = WatchTimes(self.learnt.tables.watch_times).gain(
            watched.astype(np.float64), lengths.astype(np.float64)
        )
        deeds = np.array([_deeds(one) for one in self.past], np.int64)
        return worth(gain, watched, lengths, deeds)

    @cached_property
    def liked(self) -> tuple[Counts, Floats, Doubles]:
        """Return what was liked, what it is like, and how much it was."""
        tables = self.learnt.tables
        lines = tables.lines(self.clips)
        is_liked = (lines >= 0) & (self.worth > 0)
        return self.clips[is_liked], tables.vectors[lines[is_liked]], self.worth[is_liked]

    @cached_property
    def vector(self) -> Floats:
        """Return the vector that explains best what was liked; of nothing where nothing was."""
        tables = self.learnt.tables
        _, vectors, worth = self.liked
        return folded_one(
            vectors,
            worth,
            tables.everything,
            len(tables.region_ids),
            unwatched=UNWATCHED,
            penalty=PENALTY,
        )

    @cached_property
    def pairs(self) -> tuple[Counts, Doubles, Counts]:
        """Return what was watched near their latest clips, how much so, and near which of them."""
        tables, news = self.learnt.tables, self.learnt.news
        latest = self.clips[: weights.NEAR_LATEST]
        lines, spots = tables.lines(latest), places(latest, news.pair_from)
        own = unpopular(self.learnt, latest, self.by)
        said = self.worth[: weights.NEAR_LATEST] * self.by.near_fades ** np.arange(len(latest))
        found: list[Counts] = [np.zeros(0, np.int64)]
        amounts: list[Doubles] = [np.zeros(0)]
        of: list[int] = [0]
        for clip, line, spot, weight in zip(latest, lines, spots, said * own / UNIT, strict=True):
            if line >= 0:
                part = slice(tables.near_starts[line], tables.near_starts[line + 1])
                found.append(tables.clips[tables.near_ids[part]])
                amounts.append(tables.near_counts[part] * weight)
                of.append(clip)
            if spot >= 0:
                part = slice(news.pair_starts[spot], news.pair_starts[spot + 1])
                found.append(news.pair_to[part])
                amounts.append(news.pair_counts[part] * weight)
                of.append(clip)
        watches = np.repeat(np.array(of, np.int64), [len(each) for each in found])
        return np.concatenate(found), np.concatenate(amounts), watches

    @cached_property
    def near(self) -> tuple[Counts, Doubles]:
        """Return what was watched near their latest clips, ascending, and how much so."""
        found, amounts, _ = self.pairs
        clips, which = np.unique(found, return_inverse=True)
        sums = np.bincount(which, amounts, minlength=len(clips))
        return clips, sums * unpopular(self.learnt, clips, self.by)

    @cached_property
    def met(self) -> tuple[Counts, Doubles]:
        """Return the creators of what was watched, ascending, and what it says of each on average.

        Drawn to nothing: who was met once says little.
        """
        creators = np.array([one.creator for one in self.past], np.int64)
        known, which = np.unique(creators, return_inverse=True)
        said = np.bincount(which, self.worth, minlength=len(known))
        return known, said / (np.bincount(which, minlength=len(known)) + weights.PRIOR_MET)

    def of_creators(self, creators: Counts) -> Doubles:
        """Return what their watches say of creators; nothing of those they never met."""
        known, said = self.met
        return np.asarray(at(said, places(creators, known)))

    @cached_property
    def stays(self) -> float:
        """Return the share of clips that they stay with, drawn to everybody's."""
        stayed = sum(one.watched_ms >= min(ENOUGH_MS, one.duration_ms / 2) for one in self.past)
        prior = weights.PRIOR_STAYS * weights.PRIOR_SHOWN
        return (stayed + prior) / (len(self.past) + weights.PRIOR_SHOWN)


def unpopular(learnt: Learnt, clips: Counts, by: Weights) -> Doubles:
    """Return by what pairs of each are multiplied, so that popularity is taken off."""
    tables, news = learnt.tables, learnt.news
    stays = np.zeros(len(clips))
    lines, spots = tables.lines(clips), places(clips, news.clips)
    stays[lines >= 0] = tables.stays[lines[lines >= 0]]
    stays[spots >= 0] += news.stays[spots[spots >= 0]]
    return np.maximum(stays, 1.0) ** -by.near_popular


def _deeds(one: Past) -> int:
    return (
        Deed.LIKED * one.is_liked
        + Deed.SAVED * one.is_saved
        + Deed.FOLLOWS * one.is_followed
        + Deed.HIDDEN * one.is_hidden
    )
