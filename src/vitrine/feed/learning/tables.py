"""What was learnt, as arrays that can be mapped from files. No line names a viewer."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.topics import Topics
from vitrine.recommend.arrays import Counts, Doubles, Flags, Floats, Ids
from vitrine.recommend.regions import Regions
from vitrine.recommend.watch_time import WatchTimes

SIZE = 64
"""Length of a clip's vector."""
UNWATCHED = 0.1
"""As vectors are fitted, and viewers folded in: see ``recommend.factors``."""
NOT_USUAL = np.zeros(2, np.int64)
"""The usual days of a cell of which nothing is learnt yet: all speak in full."""
HALF_LIFE_S = weights.HEAT_HALF_LIFE_HOURS * 3600


def penalty(clips: int) -> float:
    """Return how strongly vectors of so many clips are held to nothing: see ``recommend.factors``.

    The more, the fewer clips there are: in a small cell few watches tell of each. What is held
    grows with the clips anyway, so in a large one it is the least.
    """
    return float(np.clip(0.8 / max(clips, 1) ** 0.5, 0.003, 0.02))


def heated(at_s: Any, epoch_s: int) -> Any:
    """Return what a stay at a time adds to its clip's heat: twice as much six hours later.

    All heats cool alike, so that none needs to be touched again.
    """
    return np.exp2((at_s - epoch_s) / HALF_LIFE_S)


@dataclass(frozen=True)
class Tables:
    """Built from the whole log. A line is a clip's place in `clips`, which ascends.

    near: of line l the nearest are near_ids[near_starts[l]:near_starts[l + 1]], and their counts.
    stays, shown: watches that went on, and showings. totals: showings, and stays, of all clips.
    vectors: of those clips that have one, in the order of region_ids; vector_places: where the one
    of a line is, or -1. everything: the square of all vectors. people: creators, ascending;
    people_lines: theirs, the newest first. hottest, hardly_shown: lines. topics: by number,
    ascending. foretelling: a line for each of ``weights.VALUE``, or none where too little was
    shown. epoch_s: the time that heats are reckoned from. usual_days: see ``voices.Usual``.
    """

    clips: Counts
    creators: Counts
    published_s: Counts
    lengths_ms: Counts
    stays: Counts
    shown: Counts
    totals: Counts
    heat: Doubles
    near_starts: Counts
    near_ids: Ids
    near_counts: Counts
    vectors: Floats
    vector_places: Ids
    everything: Floats
    region_centres: Floats
    region_starts: Counts
    region_ids: Ids
    hottest: Ids
    hardly_shown: Ids
    people: Counts
    people_starts: Counts
    people_lines: Ids
    people_shown: Counts
    people_stays: Counts
    people_vectors: Floats
    topics: Counts
    topic_vectors: Floats
    watch_times: Doubles
    foretelling: Doubles
    epoch: Counts
    usual_days: Counts

    @classmethod
    def empty(cls, *, epoch_s: int = 0) -> Self:
        """Return tables of a cell that has learnt nothing yet."""
        none, doubles = np.zeros(0, np.int64), np.zeros(0, np.float64)
        ids, vectors = np.zeros(0, np.int32), np.zeros((0, SIZE), np.float32)
        one = np.zeros(1, np.int64)
        return cls(
            clips=none, creators=none, published_s=none, lengths_ms=none, stays=none, shown=none,
            totals=np.zeros(2, np.int64),
            heat=doubles, near_starts=one, near_ids=ids, near_counts=none, vectors=vectors,
            vector_places=ids, everything=np.zeros((SIZE, SIZE), np.float32),
            region_centres=vectors,
            region_starts=one, region_ids=ids, hottest=ids, hardly_shown=ids, people=none,
            people_starts=one, people_lines=ids, people_shown=none, people_stays=none,
            people_vectors=vectors, topics=none, topic_vectors=vectors,
            watch_times=WatchTimes().counts, foretelling=np.zeros((0, 0)),
            epoch=np.array([epoch_s], np.int64), usual_days=NOT_USUAL,
        )  # fmt: skip

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the arrays: each is a file."""
        return tuple(field.name for field in fields(cls))

    @property
    def epoch_s(self) -> int:
        """When heats count once."""
        return int(self.epoch[0])

    @property
    def regions(self) -> Regions:
        """Where the vectors are."""
        return Regions(self.region_centres, self.region_starts, self.region_ids, self.vectors)

    def lines(self, clips: Counts) -> Counts:
        """Return the lines of clips, by primary key; -1 for those that are not there."""
        return places(clips, self.clips)

    def vectors_of(self, lines: Counts) -> tuple[Floats, Flags]:
        """Return the vectors of lines, and which have one; of nothing for the others."""
        where = at(self.vector_places, lines, otherwise=-1)
        found: Floats = at(self.vectors, where)
        return found, where >= 0


NOTHING = Tables.empty()
"""What a cell knows that has learnt nothing."""


@dataclass(frozen=True)
class News:
    """What was watched since tables were built: to be added to theirs. Clips by primary key.

    pair_from ascends; of pair_from[p] the pairs are pair_to[pair_starts[p]:pair_starts[p + 1]].
    out: clips that came out since, until out_s; the topics of out[p] are
    said[said_starts[p]:said_starts[p + 1]].
    What is watched again counts as shown again, until tables are built.
    usual_days: as of the tables, at epoch_s.
    position: the last report that is in; late: ids before it that were missing, and since when.
    """

    position: int
    epoch_s: int
    out_s: int
    late: Counts
    late_since_s: Counts
    pair_from: Counts
    pair_starts: Counts
    pair_to: Counts
    pair_counts: Counts
    clips: Counts
    stays: Counts
    shown: Counts
    heat: Doubles
    out: Counts
    said_starts: Counts
    said: Counts
    usual_days: Counts

    @classmethod
    def empty(
        cls,
        *,
        position: int = 0,
        epoch_s: int = 0,
        out_s: int = 0,
        late: Counts | None = None,
        usual_days: Counts = NOT_USUAL,
    ) -> Self:
        """Return news of nothing. out_s: when tables were built; 0: there are none."""
        none = np.zeros(0, np.int64)
        late = none if late is None else late
        return cls(
            position, epoch_s, out_s, late, np.full(len(late), epoch_s, np.int64), none,
            np.zeros(1, np.int64), none, none, none, none, none, np.zeros(0, np.float64), none,
            np.zeros(1, np.int64), none, usual_days,
        )  # fmt: skip

    @property
    def said_of(self) -> Topics:
        """What clips that came out since say that they are of, by their places in `out`."""
        return Topics(self.said_starts, self.said)


@dataclass(frozen=True)
class Learnt:
    """All that is known at one moment. version: the files that it came from."""

    tables: Tables
    news: News
    version: str

    @property
    def space(self) -> str:
        """Return the name of the tables whose factors vectors are among: with others it differs."""
        return "-".join(self.version.split("-")[1:2])[:20] or self.version

    def vectors(self, clips: Counts, lines: Counts, people: Counts) -> Floats:
        """Return the vector of each clip; of one without, the sum of its creator's and topics'.

        lines, people: where the tables have the clips, and their creators.
        """
        tables, news = self.tables, self.news
        found, is_known = tables.vectors_of(lines)
        unknown = np.flatnonzero(~is_known)
        if len(unknown):
            sums = at(tables.people_vectors, people[unknown])
            numbers, which = news.said_of.at(places(clips[unknown], news.out))
            spots = places(numbers, tables.topics)
            np.add.at(sums, which[spots >= 0], tables.topic_vectors[spots[spots >= 0]])
            found[unknown] = sums
        return found


def places(wanted: Counts, known: Counts) -> Counts:
    """Return where each is among known, which ascends; -1 for what is not there."""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    found = known.searchsorted(wanted)
    np.minimum(found, len(known) - 1, out=found)
    found[known.take(found) != wanted] = -1
    return found


def at(array: Any, where: Counts, *, otherwise: float = 0) -> Any:
    """Return what an array has at places; something else for -1."""
    if not len(array):
        return np.full((len(where), *array.shape[1:]), otherwise, array.dtype)
    found = array.take(where, axis=0, mode="wrap")
    is_missing = where < 0
    if is_missing.any():
        found[is_missing] = otherwise
    return found
