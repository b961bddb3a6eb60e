"""Name candidates by what was learnt and by what one viewer did, and say what each is worth.

Arithmetic on arrays: no clock, no database. Clips go by primary key; a source that names its best
is asked about what the others named, too. Source: docs/adr/0091-the-feed-that-learns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.feed import signs, valuing, weights
from vitrine.feed.learning.tables import HALF_LIFE_S, Learnt, Tables, at, places
from vitrine.feed.unseen import Past, Standing, Unseen
from vitrine.feed.valuing import Valued
from vitrine.feed.viewer import Viewer
from vitrine.feed.weighing import OURS, Weights
from vitrine.recommend import regions
from vitrine.recommend.arrays import Counts, Doubles, Flags, Floats

LATEST_OF_ONE = 10
"""Clips of each creator who is followed, or whose others were liked, that are named."""
NEW_ONES = 60
"""Clips that were hardly shown that are named, by lot."""
HOTTEST_NEWS = 100


@dataclass(frozen=True)
class Named:
    """Candidates, ascending, and what is known of each.

    received: the share who stay, 0 to 1. vectors: what it is like. signs: a line of ``SIGNS``.
    """

    clips: Counts
    creators: Counts
    worth: Valued
    received: Doubles
    shown: Doubles
    is_young: Flags
    vectors: Floats
    signs: Doubles
    viewer: Viewer

    @property
    def values(self) -> Doubles:
        """Return what showing each is worth."""
        return self.worth.values

    def at(self, clips: Counts) -> Counts:
        """Return where clips are among these."""
        return np.searchsorted(self.clips, clips)


def named(
    learnt: Learnt, to: Standing, by: Weights = OURS, *, at_s: float, dice: np.random.Generator
) -> Named:
    """Name candidates for a viewer, the freshest that they may see among them."""
    viewer = Viewer(learnt, to.past, np.array(sorted(to.followed), np.int64), by)
    tables = learnt.tables
    near, _ = nearest(viewer)
    met, said = viewer.met
    liked = met[_best(said, weights.CREATORS_MET)].tolist()
    of_people = [_latest_of(tables, person) for person in {*to.followed, *liked}]
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
    shown, stays, heat = _sums(learnt, clips, lines)
    age_hours = np.maximum(at_s - published_s, 0) / 3600
    is_young = age_hours < weights.HEARD_WITHIN_HOURS
    cooled = np.exp2((tables.epoch_s - at_s) / HALF_LIFE_S)
    those = signs.Candidates(
        line=lines,
        creators=creators,
        near=_near(viewer, clips),
        vectors=vectors,
        received=_received(learnt, creators, shown, stays),
        shown=shown,
        heat=heat * cooled,
        freshness=np.exp2(-age_hours / by.fresh_half_life_hours),
        is_followed=places(creators, viewer.followed) >= 0,
    )
    found = signs.of(viewer, those)
    if len(tables.foretelling):
        worth = valuing.foretold(found, those.received, tables.foretelling, by)
    else:
        met = viewer.of_creators(creators)
        worth = valuing.blended(those, vectors @ viewer.vector, met, by)
    return Named(clips, creators, worth, those.received, shown, is_young, vectors, found, viewer)


def _near(viewer: Viewer, clips: Counts) -> Doubles:
    near, nearness = viewer.near
    return np.asarray(at(nearness, places(clips, near)))


def going_with(learnt: Learnt, clip: int, *, duration_ms: int, size: int) -> list[int]:
    """Return clips that go with one, the best first: what the feed names after it alone."""
    seen = Past(clip, 0, duration_ms, True, False, False, False, duration_ms)
    viewer, tables = Viewer(learnt, [seen], np.zeros(0, np.int64)), learnt.tables
    clips = np.union1d(nearest(viewer, size)[0], likest(viewer)[0])
    lines = tables.lines(clips)
    vectors = np.zeros((len(clips), tables.vectors.shape[1]), np.float32)
    vectors[lines >= 0] = tables.vectors[lines[lines >= 0]]
    values = valuing.spoken(_near(viewer, clips), OURS.near, "near")
    values += valuing.spoken(vectors @ viewer.vector, OURS.factors, "factors")
    best = clips[np.argsort(-values, kind="stable")]
    return [int(one) for one in best[best != clip][:size]]


def wins(of: Named, where: Counts, *, dice: np.random.Generator) -> Doubles:
    """Return for some candidates how likely each new one is to be worth most, 0 if not new.

    Thompson sampling: each draw takes a share who stay for each from what is known of it, and what
    is then worth most wins. The shares of draws are the chances by which it is picked, so they can
    be logged. Clips of the last day come first, so that each is heard; then what else is new.
    """
    shown, received = of.shown[where], of.received[where]
    is_new = shown < weights.HARDLY_SHOWN
    is_first = is_new & of.is_young[where]
    is_new = is_first if is_first.any() else is_new
    if not is_new.any():
        return np.zeros(len(where))
    known = shown[is_new] + weights.PRIOR_SHOWN
    spread = np.sqrt(received[is_new] * (1 - received[is_new]) / (known + 1))
    spread *= np.maximum(of.worth.per_stay[where][is_new], 0.0)
    drawn = of.values[where][is_new] + spread * dice.standard_normal((weights.DRAWS, len(known)))
    won = np.bincount(np.argmax(drawn, axis=1), minlength=len(known)) / weights.DRAWS
    found = np.zeros(len(where))
    found[is_new] = won
    return found


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
    """Return how often each was shown, how many stayed, and its heat: tables and news."""
    tables, news = learnt.tables, learnt.news
    shown, stays, heat = np.zeros(len(clips)), np.zeros(len(clips)), np.zeros(len(clips))
    known = lines >= 0
    shown[known] = tables.shown[lines[known]]
    stays[known] = tables.stays[lines[known]]
    heat[known] = tables.heat[lines[known]]
    spots = places(clips, news.clips)
    told = spots >= 0
    shown[told] += news.shown[spots[told]]
    stays[told] += news.stays[spots[told]]
    heat[told] += news.heat[spots[told]]
    return np.maximum(shown, stays), stays, heat


def _received(learnt: Learnt, creators: Counts, shown: Doubles, stays: Doubles) -> Doubles:
    """Return the share who stay, drawn to that of the creator's clips, and this to all clips'."""
    tables, news = learnt.tables, learnt.news
    spots = places(creators, tables.people)
    people_shown = at(tables.people_shown, spots)
    people_stays = at(tables.people_stays, spots)
    all_stays = int(tables.totals[1] + news.stays.sum())
    all_shown = max(int(tables.totals[0] + news.shown.sum()), all_stays)
    begins = weights.PRIOR_OF_CREATOR
    usual = (all_stays + weights.PRIOR_STAYS * begins) / (all_shown + begins)
    prior = (people_stays + usual * begins) / (np.maximum(people_shown, people_stays) + begins)
    mean = (stays + prior * weights.PRIOR_SHOWN) / (shown + weights.PRIOR_SHOWN)
    return np.asarray(mean)
