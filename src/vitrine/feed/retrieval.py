"""Name candidates by what was learnt and by what one viewer did, and say what each is worth.

Arithmetic on arrays: no clock, no database. Clips go by primary key; a source that names its best
is asked about what the others named, too. Source: docs/adr/0091-the-feed-that-learns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from vitrine.feed import receiving, signs, valuing, weights
from vitrine.feed.learning.tables import HALF_LIFE_S, Learnt, Tables, at, places
from vitrine.feed.unseen import Past, Standing, Unseen
from vitrine.feed.valuing import Valued
from vitrine.feed.viewer import Viewer
from vitrine.feed.weighing import OURS, Weights
from vitrine.recommend import regions
from vitrine.recommend.arrays import Counts, Doubles, Flags, Floats, Ids, ascending, spans

LATEST_OF_ONE = 10
"""Clips of each creator who is followed, or whose others were liked, that are named."""
NEW_ONES = 60
"""Clips that were hardly shown that are named, by lot."""
HOTTEST_NEWS = 100
ALIKE_AT_ALL = 1e-4
"""What is liked scores some tenths; below this is what rounding makes of nothing."""


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
    tables, told = learnt.tables, _told(to.freshest)
    met, said = viewer.met
    liked = met[_best(said, weights.CREATORS_MET)]
    near, _, near_lines = nearest(viewer)
    # What tables name is named by line; only for the others must a line be looked for.
    loose = ascending(told[0], _hottest_news(learnt), near[near_lines < 0])
    found = tables.lines(loose)
    lines = ascending(
        found[found >= 0],
        near_lines[near_lines >= 0],
        likest(viewer)[0],
        tables.hottest[: weights.NAMED],
        _latest_of(tables, np.concatenate([np.array(to.followed, np.int64), liked])),
        _new_ones(tables, dice),
    )
    clips, lines = _with_others(tables.clips[lines], lines, loose[found < 0])
    is_new = places(clips, np.sort(viewer.clips)) < 0
    return _judged(viewer, clips[is_new], lines[is_new], told, at_s=at_s)


def judged(learnt: Learnt, rows: Sequence[Unseen], *, at_s: float) -> Named:
    """Say of some clips what they are worth to somebody of whom nothing is known."""
    nobody, told = Viewer(learnt, (), np.zeros(0, np.int64)), _told(rows)
    return _judged(nobody, told[0], learnt.tables.lines(told[0]), told, at_s=at_s)


def _told(rows: Sequence[Unseen]) -> Counts:
    """Return the clips of rows, ascending, their creators and when they were published."""
    fields = len(Unseen._fields)
    numbers = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * fields)
    told = numbers.reshape(-1, fields)[:, :3]  # one array of all is made faster than one of three
    return np.ascontiguousarray(told[np.argsort(told[:, 0])].T)


def _with_others(clips: Counts, lines: Counts, others: Counts) -> tuple[Counts, Counts]:
    """Add clips that have no line, so that all ascend."""
    clips = np.concatenate([clips, others])
    lines = np.concatenate([lines, np.full(len(others), -1, np.int64)])
    order = np.argsort(clips)
    return clips[order], lines[order]


def _judged(viewer: Viewer, clips: Counts, lines: Counts, told: Counts, *, at_s: float) -> Named:
    """Judge clips, ascending, of which some were told of by the database. lines: in the tables."""
    learnt, tables, by = viewer.learnt, viewer.learnt.tables, viewer.by
    creators, published_s = _known(tables, lines, clips, told)
    is_there = (creators > 0) & (published_s > 0)
    if not is_there.all():
        clips, lines = clips[is_there], lines[is_there]
        creators, published_s = creators[is_there], published_s[is_there]
    people = places(creators, tables.people)
    vectors = learnt.vectors(clips, lines, people)
    sums = receiving.sums(learnt, clips, lines)
    taste, lately = viewer.taste(vectors)
    age_hours = np.maximum(at_s - published_s, 0) / 3600
    is_young = age_hours < weights.HEARD_WITHIN_HOURS
    cooled = np.exp2((tables.epoch_s - at_s) / HALF_LIFE_S)
    those = signs.Candidates(
        line=lines,
        people=people,
        near=_near(viewer, clips),
        alike=vectors @ viewer.vector,
        met=viewer.of_creators(creators),
        taste=taste,
        taste_lately=lately,
        received=receiving.received(learnt, people, sums),
        shown=sums.shown,
        heat=sums.heat * cooled,
        freshness=np.exp2(-age_hours / by.fresh_half_life_hours),
        is_followed=places(creators, viewer.followed) >= 0,
    )
    found = signs.of(viewer, those)
    if len(tables.foretelling):
        worth = valuing.foretold(found, those.received, tables.foretelling, by)
    else:
        worth = valuing.blended(those, by)
    return Named(
        clips, creators, worth, those.received, sums.shown, is_young, vectors, found, viewer
    )


def _near(viewer: Viewer, clips: Counts) -> Doubles:
    near, nearness, _ = viewer.near
    return np.asarray(at(nearness, places(clips, near)))


def going_with(learnt: Learnt, clip: int, *, duration_ms: int, size: int) -> list[int]:
    """Return clips that go with one, the best first: what the feed names after it alone."""
    seen = Past(clip, 0, duration_ms, True, False, False, False, duration_ms)
    viewer, tables = Viewer(learnt, [seen], np.zeros(0, np.int64)), learnt.tables
    alike = tables.clips[likest(viewer)[0]]
    clips = ascending(nearest(viewer, size)[0], alike)
    vectors, _ = tables.vectors_of(tables.lines(clips))
    values = valuing.spoken(_near(viewer, clips), OURS.near, "near")
    values += valuing.spoken(vectors @ viewer.vector, OURS.factors, "factors")
    best = clips[np.argsort(-values, kind="stable")]
    return [int(one) for one in best[best != clip][:size]]


def wins(of: Named, where: Counts, *, dice: np.random.Generator) -> Doubles:
    """Return for some candidates how likely each new one is to be worth most, 0 if not new.

    Thompson sampling: each draw takes a share who stay for each from what is known of it, and what
    is then worth most wins. The shares of draws are the chances by which it is picked, so they can
    be logged. New is what came out in the last day: older clips had theirs, and go by their worth.
    """
    shown, received = of.shown[where], of.received[where]
    is_new = (shown < weights.HARDLY_SHOWN) & of.is_young[where]
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


def _best(scores: Doubles | Floats, size: int) -> Counts:
    """Return where the highest scores above 0 are."""
    if len(scores) > size:
        top = np.argpartition(-scores, size)[:size]
        return top[scores[top] > 0]
    return np.flatnonzero(scores > 0)


def nearest(viewer: Viewer, size: int = weights.NAMED) -> tuple[Counts, Doubles, Counts]:
    """Return what was watched most near their latest clips, ascending, how much, and its lines."""
    near, nearness, lines = viewer.near
    best = np.sort(_best(nearness, size))
    return near[best], nearness[best], lines[best]


def likest(viewer: Viewer) -> tuple[Counts, Doubles]:
    """Return the lines of what the factors say comes next, and how much."""
    tables, wanted = viewer.learnt.tables, viewer.vector
    if not wanted.any():
        return np.zeros(0, np.int64), np.zeros(0)
    lines, scores = regions.probed(tables.regions, wanted, most=weights.PROBED)
    best = _best(scores - np.float32(ALIKE_AT_ALL), weights.NAMED)
    return lines[best].astype(np.int64), scores[best].astype(np.float64)


def _hottest_news(learnt: Learnt) -> Counts:
    news = learnt.news
    return news.clips[_best(news.heat, HOTTEST_NEWS)]


def _latest_of(tables: Tables, people: Counts) -> Ids:
    """Return the lines of the latest clips of people."""
    known = places(people, tables.people)
    known = known[known >= 0]
    firsts = tables.people_starts[known]
    sizes = np.minimum(tables.people_starts[known + 1] - firsts, LATEST_OF_ONE)
    return tables.people_lines[spans(firsts, sizes)]


def _new_ones(tables: Tables, dice: np.random.Generator) -> Ids:
    known = tables.hardly_shown
    return known[dice.integers(0, len(known), NEW_ONES)] if len(known) > NEW_ONES else known


def _known(tables: Tables, lines: Counts, clips: Counts, told: Counts) -> tuple[Counts, Counts]:
    """Return the creator of each and when it was published; 0 where nothing says it."""
    creators, published_s = at(tables.creators, lines), at(tables.published_s, lines)
    where = places(told[0], clips)
    is_there = where >= 0
    creators[where[is_there]], published_s[where[is_there]] = told[1:, is_there]
    return creators, published_s
