"""Name candidates by what was learnt and by what one viewer did, and say what each is worth.

Arithmetic on arrays: no clock, no database. Clips go by primary key; a source that names its best
is asked about what the others named, too. Source: docs/adr/0091-the-feed-that-learns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.tables import PENALTY, UNWATCHED, Learnt, Tables, places
from vitrine.feed.unseen import Past, Standing, Unseen
from vitrine.feed.weighing import OURS, Pair, Weights
from vitrine.feed.worth import Deed, worth
from vitrine.recommend import regions, speaking
from vitrine.recommend.arrays import Counts, Doubles, Floats
from vitrine.recommend.folding import folded_one
from vitrine.recommend.reach import UNIT
from vitrine.recommend.watch_time import WatchTimes

LATEST_OF_ONE = 5
"""Clips of each followed creator that are named."""
NEW_ONES = 60
"""Clips that were hardly shown that are named, by lot."""
HOTTEST_NEWS = 100


@dataclass(frozen=True)
class Named:
    """Candidates, ascending, and what is known of each.

    values: what showing it is worth. near, alike: what of it comes from what the viewer watched.
    gain: how it is received, 0 to 1. vectors: what it is like.
    """

    clips: Counts
    creators: Counts
    values: Doubles
    near: Doubles
    alike: Doubles
    freshness: Doubles
    gain: Doubles
    shown: Doubles
    vectors: Floats
    viewer: "Viewer"

    def at(self, clips: Counts) -> Counts:
        """Return where clips are among these."""
        return np.searchsorted(self.clips, clips)


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
        own = _unpopular(self.learnt, latest, self.by)
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
        return clips, sums * _unpopular(self.learnt, clips, self.by)


def named(
    learnt: Learnt, to: Standing, by: Weights = OURS, *, at_s: float, dice: np.random.Generator
) -> Named:
    """Name candidates for a viewer, the freshest that they may see among them."""
    viewer = Viewer(learnt, to.past, np.array(sorted(to.followed), np.int64), by)
    tables = learnt.tables
    near, _ = nearest(viewer)
    of_people = [_latest_of(tables, person) for person in to.followed]
    clips = np.unique(
        np.concatenate(
            [
                np.array([one.clip for one in to.freshest], np.int64),
                near,
                likest(viewer)[0],
                _hottest(learnt),
                *of_people,
                _new_ones(tables, dice),
            ]
        )
    )
    is_new = places(clips, np.sort(viewer.clips)) < 0
    return _judged(viewer, clips[is_new], to.freshest, at_s=at_s)


def judged(learnt: Learnt, rows: Sequence[Unseen], *, at_s: float) -> Named:
    """Say of some clips what they are worth to somebody of whom nothing is known."""
    nobody = Viewer(learnt, (), np.zeros(0, np.int64))
    clips = np.array(sorted(one.clip for one in rows), np.int64)
    return _judged(nobody, clips, rows, at_s=at_s)


def _judged(viewer: Viewer, clips: Counts, rows: Sequence[Unseen], *, at_s: float) -> Named:
    learnt, tables, by = viewer.learnt, viewer.learnt.tables, viewer.by
    lines = tables.lines(clips)
    creators, published_s = _known(tables, lines, clips, rows)
    is_there = (creators > 0) & (published_s > 0)
    clips, lines = clips[is_there], lines[is_there]
    creators, published_s = creators[is_there], published_s[is_there]
    vectors = _vectors(tables, lines, creators)
    shown, gain, heat = _sums(learnt, clips, lines)
    near, factors = _personal(viewer, clips, vectors)
    received = _received(tables, creators, shown, gain)
    age_hours = np.maximum(at_s - published_s, 0) / 3600
    freshness = np.exp2(-age_hours / by.fresh_half_life_hours)
    is_followed = places(creators, viewer.followed) >= 0
    values = (
        near
        + factors
        + _word(heat, by.heat)
        + by.fresh * freshness
        + by.received * received
        + by.followed * is_followed
    )
    return Named(
        clips, creators, values, near, factors, freshness, received, shown, vectors, viewer
    )


def _personal(viewer: Viewer, clips: Counts, vectors: Floats) -> tuple[Doubles, Doubles]:
    """Return what clips are worth by what the viewer watched: near it, and alike by factors."""
    near, nearness = viewer.near
    spots = places(clips, near)
    near_said = np.where(spots >= 0, np.append(nearness, 0.0)[spots], 0.0)
    return _word(near_said, viewer.by.near), _word(vectors @ viewer.vector, viewer.by.factors)


def going_with(learnt: Learnt, clip: int, *, duration_ms: int, size: int) -> list[int]:
    """Return clips that go with one, the best first: what the feed names after it alone."""
    seen = Past(clip, 0, duration_ms, True, False, False, False, duration_ms)
    viewer, tables = Viewer(learnt, [seen], np.zeros(0, np.int64)), learnt.tables
    clips = np.union1d(nearest(viewer, size)[0], likest(viewer)[0])
    lines = tables.lines(clips)
    vectors = np.zeros((len(clips), tables.vectors.shape[1]), np.float32)
    vectors[lines >= 0] = tables.vectors[lines[lines >= 0]]
    values = np.add(*_personal(viewer, clips, vectors))
    best = clips[np.argsort(-values, kind="stable")]
    return [int(one) for one in best[best != clip][:size]]


def wins(of: Named, where: Counts, *, dice: np.random.Generator) -> Doubles:
    """Return for some candidates how likely each new one is to be the best received, 0 if not new.

    Thompson sampling: each draw takes a gain for each from what is known of it, and the highest
    wins. The shares of draws are the chances by which it is picked, so they can be logged.
    """
    shown, gain = of.shown[where], of.gain[where]
    is_new = shown < weights.HARDLY_SHOWN
    if not is_new.any():
        return np.zeros(len(where))
    known = shown[is_new] + weights.PRIOR_SHOWN
    spread = np.sqrt(gain[is_new] * (1 - gain[is_new]) / (known + 1))
    drawn = gain[is_new] + spread * dice.standard_normal((weights.DRAWS, len(known)))
    won = np.bincount(np.argmax(drawn, axis=1), minlength=len(known)) / weights.DRAWS
    found = np.zeros(len(where))
    found[is_new] = won
    return found


def _deeds(one: Past) -> int:
    return (
        Deed.LIKED * one.is_liked
        + Deed.SAVED * one.is_saved
        + Deed.FOLLOWS * one.is_followed
        + Deed.HIDDEN * one.is_hidden
    )


def _best(scores: Doubles, size: int) -> Counts:
    """Return where the highest scores above 0 are."""
    if len(scores) > size:
        top = np.argpartition(-scores, size)[:size]
        return top[scores[top] > 0]
    return np.flatnonzero(scores > 0)


def nearest(viewer: Viewer, size: int = weights.NAMED) -> tuple[Counts, Doubles]:
    """Return what was watched most near their latest clips, ascending, and how much."""
    near, nearness = viewer.near
    best = np.sort(_best(nearness, size))
    return near[best], nearness[best]


def likest(viewer: Viewer) -> tuple[Counts, Doubles]:
    """Return what the factors say comes next, and how much."""
    tables, wanted = viewer.learnt.tables, viewer.vector
    if not wanted.any():
        return np.zeros(0, np.int64), np.zeros(0)
    lines = regions.probed(tables.regions, wanted, most=weights.PROBED)
    scores = (tables.vectors[lines] @ wanted).astype(np.float64)
    best = _best(scores, weights.NAMED)
    return tables.clips[lines[best]], scores[best]


def _hottest(learnt: Learnt) -> Counts:
    news = learnt.news
    hot = news.clips[_best(news.heat, HOTTEST_NEWS)]
    return np.concatenate([learnt.tables.clips[learnt.tables.hottest[: weights.NAMED]], hot])


def _latest_of(tables: Tables, person: int) -> Counts:
    (place,) = places(np.array([person], np.int64), tables.people)
    if place < 0:
        return np.zeros(0, np.int64)
    first = tables.people_starts[place]
    until = min(first + LATEST_OF_ONE, tables.people_starts[place + 1])
    return tables.clips[tables.people_lines[first:until]]


def _new_ones(tables: Tables, dice: np.random.Generator) -> Counts:
    known = tables.hardly_shown
    if len(known) > NEW_ONES:
        known = known[dice.integers(0, len(known), NEW_ONES)]
    return tables.clips[known]


def _known(
    tables: Tables, lines: Counts, clips: Counts, rows: Sequence[Unseen]
) -> tuple[Counts, Counts]:
    """Return the creator of each and when it was published; 0 where nothing says it."""
    if len(tables.clips):
        creators = np.where(lines >= 0, tables.creators[lines], 0)
        published_s = np.where(lines >= 0, tables.published_s[lines], 0)
    else:
        creators, published_s = np.zeros(len(clips), np.int64), np.zeros(len(clips), np.int64)
    if rows:
        told = np.array([(one.clip, one.creator, one.published_s) for one in rows], np.int64)
        told = told[np.argsort(told[:, 0])]
        where = places(clips, told[:, 0])
        creators = np.where(where >= 0, told[where, 1], creators)
        published_s = np.where(where >= 0, told[where, 2], published_s)
    return creators, published_s


def _vectors(tables: Tables, lines: Counts, creators: Counts) -> Floats:
    """Return the vector of each; that of its creator's others for one that has none yet."""
    found = np.zeros((len(lines), tables.vectors.shape[1]), np.float32)
    found[lines >= 0] = tables.vectors[lines[lines >= 0]]
    unknown = np.flatnonzero(~found.any(axis=1))
    people = places(creators[unknown], tables.people)
    found[unknown[people >= 0]] = tables.people_vectors[people[people >= 0]]
    return found


def _sums(learnt: Learnt, clips: Counts, lines: Counts) -> tuple[Doubles, Doubles, Doubles]:
    """Return how often each was shown, the sum of its gains, and its heat: tables and news."""
    tables, news = learnt.tables, learnt.news
    shown, gain, heat = np.zeros(len(clips)), np.zeros(len(clips)), np.zeros(len(clips))
    known = lines >= 0
    shown[known] = tables.shown[lines[known]]
    gain[known] = tables.gain[lines[known]]
    heat[known] = tables.heat[lines[known]]
    spots = places(clips, news.clips)
    told = spots >= 0
    more, stays = news.shown[spots[told]], news.stays[spots[told]]
    left = np.maximum(more - stays, 0)
    shown[told] += np.maximum(more, stays)
    gain[told] += stays * weights.GAIN_OF_STAY + left * weights.GAIN_OF_LEAVING
    heat[told] += news.heat[spots[told]]
    return shown, gain, heat


def _received(tables: Tables, creators: Counts, shown: Doubles, gain: Doubles) -> Doubles:
    """Return the mean gain of each, drawn to that of its creator's, and this to everybody's."""
    spots = places(creators, tables.people)
    known = spots >= 0
    people_shown, people_gain = np.zeros(len(creators)), np.zeros(len(creators))
    people_shown[known] = tables.people_shown[spots[known]]
    people_gain[known] = tables.people_gain[spots[known]]
    prior = (people_gain + weights.PRIOR_GAIN * weights.PRIOR_OF_CREATOR) / (
        people_shown + weights.PRIOR_OF_CREATOR
    )
    return (gain + prior * weights.PRIOR_SHOWN) / (shown + weights.PRIOR_SHOWN)


def _unpopular(learnt: Learnt, clips: Counts, by: Weights) -> Doubles:
    """Return by what pairs of each are multiplied, so that popularity is taken off."""
    tables, news = learnt.tables, learnt.news
    stays = np.zeros(len(clips))
    lines, spots = tables.lines(clips), places(clips, news.clips)
    stays[lines >= 0] = tables.stays[lines[lines >= 0]]
    stays[spots >= 0] += news.stays[spots[spots >= 0]]
    return np.maximum(stays, 1.0) ** -by.near_popular


def _word(scores: Doubles | Floats, trust: Pair) -> Doubles:
    """Return what one source's word of all candidates counts."""
    whole = np.array([0, len(scores)], np.int64)
    spoken = speaking.spoken(scores.astype(np.float32), whole)
    return np.asarray(spoken @ np.array(trust))
