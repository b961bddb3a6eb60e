"""Build tables from the log. The same log gives the same bytes, on one processor or more.

Only the learner's own process imports this: it loads the compiler.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning import topics, voices
from vitrine.feed.learning.log import Log
from vitrine.feed.learning.outcomes import lines_of
from vitrine.feed.learning.tables import SIZE, UNWATCHED, Tables, heated, penalty, places
from vitrine.feed.worth import worth
from vitrine.recommend import factors, neighbours, regions
from vitrine.recommend.arrays import Counts, Doubles, Floats, Ids
from vitrine.recommend.engine import Engine, here
from vitrine.recommend.factors import Penalties
from vitrine.recommend.reach import Reach
from vitrine.recommend.rows import Rows
from vitrine.recommend.watch_time import WatchTimes

NEAREST = 100
"""Of each clip; a line of counts and ids is 1.2 KB when it is full."""
ROUNDS = 6
BELONGS = 3.0
"""What a clip's creator, and each of its topics, says that it is like the others of them: as much
as the most that one viewer can say of it."""
HOTTEST = 500
NEW_FOR_S = 100 * 24 * 3600
"""How long a clip that was hardly shown is looked for; after that it is found by its neighbours."""
LEAST_WATCHES = 2
"""A viewer with fewer says nothing of how clips belong together."""


@dataclass(frozen=True)
class _Watches:
    """Those of clips that are out. line: the clip's."""

    viewer: Counts
    line: Counts
    worth: Doubles
    stayed_s: Counts


def built(log: Log, *, engine: Engine = here) -> Tables:
    """Build everything. Heats are reckoned from the latest thing in the log, not from a clock."""
    at_s = max(int(log.stayed_s.max(initial=0)), int(log.published_s.max(initial=0)))
    log, usual = voices.heard_of(log, at_s)
    watch_times = WatchTimes()
    watch_times.add(log.watched_ms.astype(float), log.duration_ms.astype(float))
    watches = _known(log, watch_times)
    lines = len(log.clips)
    has_stayed = watches.stayed_s > 0
    stayed = watches.line[has_stayed]
    stays = np.bincount(stayed, minlength=lines).astype(np.int64)
    shown = np.bincount(watches.line, minlength=lines).astype(np.int64)
    warmth = heated(watches.stayed_s[has_stayed].astype(float), at_s)
    heat = _sums(stayed, warmth, lines)
    near_starts, near_ids, near_counts = _near(watches, lines, engine)
    vectors = _vectors(watches, _belonging(log), lines, engine)
    where = regions.divided(vectors, np.flatnonzero(vectors.any(axis=1)).astype(np.int32))
    is_new = (shown < weights.HARDLY_SHOWN) & (log.published_s > at_s - NEW_FOR_S)
    hottest = np.lexsort((np.arange(lines), -heat))[:HOTTEST]
    people, people_starts, people_lines = _people(log)
    per_person = [slice(first, until) for first, until in pairwise(people_starts)]
    return Tables(
        clips=log.clips,
        creators=log.creators,
        published_s=log.published_s,
        lengths_ms=log.lengths_ms,
        stays=stays,
        shown=shown,
        totals=np.array([shown.sum(), stays.sum()], np.int64),
        heat=heat,
        near_starts=near_starts,
        near_ids=near_ids,
        near_counts=near_counts,
        vectors=where.vectors,
        vector_places=_inverse(where.ids, lines),
        everything=(vectors.T @ vectors).astype(np.float32),
        region_centres=where.centres,
        region_starts=where.starts,
        region_ids=where.ids,
        hottest=hottest[heat[hottest] > 0].astype(np.int32),
        hardly_shown=np.flatnonzero(is_new).astype(np.int32),
        people=people,
        people_starts=people_starts,
        people_lines=people_lines,
        people_shown=np.array([shown[people_lines[one]].sum() for one in per_person], np.int64),
        people_stays=np.array([stays[people_lines[one]].sum() for one in per_person], np.int64),
        people_vectors=_means(vectors, people_lines, people_starts),
        topics=topics.known(log.topics),
        topic_vectors=topics.means(log.topics, vectors),
        watch_times=watch_times.counts,
        foretelling=lines_of(log.showings, watch_times),
        epoch=np.array([at_s], np.int64),
        usual_days=usual.days,
    )


def _inverse(ids: Ids, lines: int) -> Ids:
    """Return the place of each line among ids, or -1."""
    found = np.full(lines, -1, np.int32)
    found[ids] = np.arange(len(ids), dtype=np.int32)
    return found


def _sums(where: Counts, numbers: Doubles, lines: int) -> Doubles:
    return np.bincount(where, numbers, minlength=lines).astype(np.float64)


def _known(log: Log, watch_times: WatchTimes) -> _Watches:
    line = places(log.clip, log.clips)
    gain = watch_times.gain(log.watched_ms.astype(float), log.duration_ms.astype(float))
    said = worth(gain, log.watched_ms, log.duration_ms, log.deeds)
    out = line >= 0
    return _Watches(log.viewer[out], line[out], said[out], log.stayed_s[out])


def _near(watches: _Watches, lines: int, engine: Engine) -> tuple[Counts, Ids, Counts]:
    """Count pairs of stays; of each line the nearest by falling count, then line."""
    has_stayed = watches.stayed_s > 0
    stays = np.count_nonzero(has_stayed)
    rows, known = _rows(watches.viewer[has_stayed], watches.line[has_stayed], np.ones(stays))
    table = neighbours.counted(rows, Reach.fading(), nearest=NEAREST, engine=engine)
    is_there = table.ids >= 0
    sizes = np.zeros(lines, np.int64)
    sizes[known] = is_there.sum(axis=1)
    starts = np.zeros(lines + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts, known[table.ids[is_there]].astype(np.int32), table.counts[is_there]


def _belonging(log: Log) -> tuple[Counts, Counts]:
    """Return which clips belong together, by their creator or a topic: groups, and lines of each.

    Left out are topics that hardly say anything, and groups of one.
    """
    every = np.arange(len(log.clips))
    of_topic, topic = topics.telling(log.topics)
    groups = np.concatenate([np.unique(log.creators, return_inverse=True)[1], -1 - topic])
    lines = np.concatenate([every, of_topic])
    sizes = np.bincount(groups - groups.min(initial=0))
    is_one = sizes[groups - groups.min(initial=0)] < LEAST_WATCHES
    return groups[~is_one], lines[~is_one]


def _vectors(
    watches: _Watches, belonging: tuple[Counts, Counts], lines: int, engine: Engine
) -> Floats:
    """Factor what was worth something, and what clips belong together.

    A creator or a topic counts as a viewer who likes all clips of it, so that clips which few have
    watched yet are where those like them are. One that is alone has a vector of nothing.
    """
    vectors = np.zeros((lines, SIZE), np.float32)
    is_liked = watches.worth > 0
    liked = np.bincount(watches.viewer, is_liked, minlength=1)
    is_good = is_liked & (liked[watches.viewer] >= LEAST_WATCHES)
    groups, of_groups = belonging
    first = watches.viewer.max(initial=0) + 1
    who = np.concatenate([watches.viewer[is_good], groups - groups.min(initial=0) + first])
    line = np.concatenate([watches.line[is_good], of_groups])
    weight = np.concatenate([watches.worth[is_good], np.full(len(groups), BELONGS)])
    order = np.argsort(who, kind="stable")
    rows, known = _rows(who[order], line[order], weight[order])
    if len(known):
        by = Penalties(SIZE, UNWATCHED, penalty(len(known)))
        vectors[known] = factors.fitted(rows, by, rounds=ROUNDS, engine=engine)
    return vectors


def _rows(who: Counts, line: Counts, weight: Doubles) -> tuple[Rows, Counts]:
    """Lay lines out by who has them, over those alone that occur; return also these."""
    known = np.unique(line)
    _, first = np.unique(who, return_index=True)
    starts = np.append(first, len(who)).astype(np.int64)
    ids = np.searchsorted(known, line).astype(np.int32)
    return Rows(starts, ids, weight.astype(np.float32), len(known)), known


def _people(log: Log) -> tuple[Counts, Counts, Ids]:
    """Return creators, and the lines of each, the newest first."""
    order = np.lexsort((log.clips, -log.published_s, log.creators))
    people, first = np.unique(log.creators[order], return_index=True)
    return people, np.append(first, len(order)).astype(np.int64), order.astype(np.int32)


def _means(vectors: Floats, people_lines: Ids, starts: Counts) -> Floats:
    """Return the mean vector of each creator's clips, of those that have one."""
    means = np.zeros((len(starts) - 1, SIZE), np.float32)
    for place, (first, until) in enumerate(pairwise(starts)):
        own = vectors[people_lines[first:until]]
        known = own[own.any(axis=1)]
        if len(known):
            means[place] = known.mean(axis=0)
    return means
