"""What one viewer did, as arrays: what it says of clips, of creators, and of the viewer.

Arithmetic: no clock, no database. Source: docs/adr/0091-the-feed-that-learns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Self

import numpy as np

from vitrine.feed import receiving, tastes, weights
from vitrine.feed.learning.tables import UNWATCHED, Learnt, at, penalty, places
from vitrine.feed.unseen import Past
from vitrine.feed.weighing import OURS, Weights
from vitrine.feed.worth import Deed, stays, worth
from vitrine.recommend.arrays import Counts, Doubles, Flags, Floats, Ids, spans, summed
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
    def columns(self) -> Counts:
        """Return what was watched, a row for each field of ``Past``."""
        fields = len(Past._fields)
        numbers = np.fromiter(chain.from_iterable(self.past), np.int64, len(self.past) * fields)
        return np.ascontiguousarray(numbers.reshape(-1, fields).T)

    def column(self, name: str) -> Counts:
        """Return one field of all that was watched."""
        found: Counts = self.columns[_PLACES[name]]
        return found

    @property
    def clips(self) -> Counts:
        """Return what was watched."""
        return self.column("clip")

    @cached_property
    def lines(self) -> Counts:
        """Return where the tables have what was watched, -1 where they do not."""
        return self.learnt.tables.lines(self.clips)

    @cached_property
    def people(self) -> Counts:
        """Return where the tables have the creators of what was watched, -1 where they do not."""
        return places(self.column("creator"), self.learnt.tables.people)

    @cached_property
    def stayed(self) -> Flags:
        """Tell which they stayed with; not with what they said they want no more of."""
        is_stay = stays(self.column("watched_ms"), self.column("duration_ms"))
        return np.asarray(is_stay & (self.column("is_hidden") == 0))

    @cached_property
    def usual(self) -> Doubles:
        """Return the share of others who stay with what was watched."""
        sums = receiving.sums(self.learnt, self.clips, self.lines)
        return receiving.received(self.learnt, self.people, sums)

    @cached_property
    def worth(self) -> Doubles:
        """Return what each watch says."""
        watched, lengths = np.maximum(self.column("watched_ms"), 0), self.column("duration_ms")
        gain = WatchTimes(self.learnt.tables.watch_times).gain(
            watched.astype(np.float64), lengths.astype(np.float64)
        )
        deeds = sum(self.column(name) * deed for name, deed in _DEEDS.items())
        return worth(gain, watched, lengths, np.asarray(deeds))

    @cached_property
    def liked(self) -> tuple[Counts, Floats, Doubles]:
        """Return what was liked, what it is like, and how much it was."""
        is_liked = (self.lines >= 0) & (self.worth > 0)
        vectors, _ = self.learnt.tables.vectors_of(self.lines[is_liked])
        return self.clips[is_liked], vectors, self.worth[is_liked]

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
            penalty=penalty(len(tables.region_ids)),
        )

    @cached_property
    def pairs(self) -> "tuple[Pairs, Pairs]":
        """Return what was watched near their latest clips: by tables and by news."""
        tables, news = self.learnt.tables, self.learnt.news
        latest, lines = self.clips[: weights.NEAR_LATEST], self.lines[: weights.NEAR_LATEST]
        own = unpopular(self.learnt, latest, lines, self.by)
        said = self.worth[: weights.NEAR_LATEST] * self.by.near_fades ** np.arange(len(latest))
        said = said * own / UNIT
        counted = Pairs.near(
            lines, latest, said, tables.near_starts, tables.near_ids, tables.near_counts
        )
        spots = places(latest, news.pair_from)
        fresh = Pairs.near(spots, latest, said, news.pair_starts, news.pair_to, news.pair_counts)
        return counted, fresh

    @cached_property
    def near(self) -> tuple[Counts, Doubles, Counts]:
        """Return what was watched near their latest clips, ascending, how much so, and its lines.

        Tables count by line, and lines ascend as clips do: so most need not be looked for.
        """
        counted, fresh = self.pairs
        tables = self.learnt.tables
        lines, sums = summed(counted.to, counted.amounts)
        clips = tables.clips[lines]
        if len(fresh.to):
            more, amounts = summed(fresh.to, fresh.amounts)
            both = np.concatenate([clips, more]), np.concatenate([sums, amounts])
            clips, sums = summed(*both)
            lines = tables.lines(clips)
        return clips, sums * unpopular(self.learnt, clips, lines, self.by), lines

    def led_to(self, clip: int) -> int:
        """Return the watch near which a clip was watched most; 0 where there is none."""
        counted, fresh = self.pairs
        (line,) = self.learnt.tables.lines(np.array([clip], np.int64))
        parts = [counted.of(int(line)), fresh.of(clip)]
        amounts = np.concatenate([amounts for amounts, _ in parts])
        watches = np.concatenate([watches for _, watches in parts])
        if not (amounts > 0).any():
            return 0
        return int(watches[np.argmax(amounts)])

    @cached_property
    def met(self) -> tuple[Counts, Doubles]:
        """Return the creators of what was watched, ascending, and what it says of each on average.

        Drawn to nothing: who was met once says little.
        """
        creators = self.column("creator")
        known, which = np.unique(creators, return_inverse=True)
        said = np.bincount(which, self.worth, minlength=len(known))
        return known, said / (np.bincount(which, minlength=len(known)) + weights.PRIOR_MET)

    def of_creators(self, creators: Counts) -> Doubles:
        """Return what their watches say of creators; nothing of those they never met."""
        known, said = self.met
        return np.asarray(at(said, places(creators, known)))

    def taste(self, vectors: Floats) -> tuple[Doubles, Doubles]:
        """Return what their watches say of clips with some vectors, and the last of them."""
        own = self.learnt.vectors(self.clips, self.lines, self.people)
        told = tastes.told(self.stayed, self.worth, self.usual)
        return tastes.of(vectors, own, told, self.usual)

    @cached_property
    def stays(self) -> float:
        """Return the share of clips that they stay with, drawn to everybody's."""
        prior = weights.PRIOR_STAYS * weights.PRIOR_SHOWN
        return (int(np.count_nonzero(self.stayed)) + prior) / (len(self.past) + weights.PRIOR_SHOWN)


@dataclass(frozen=True)
class Pairs:
    """What was watched near some watches. to: lines or clips; amounts: how much.

    watches: each once; of each, in turn, there are so many as sizes says.
    """

    to: Counts | Ids
    amounts: Doubles
    watches: Counts
    sizes: Counts

    @classmethod
    def near(
        cls,
        where: Counts,
        watches: Counts,
        said: Doubles,
        starts: Counts,
        ids: Counts | Ids,
        counts: Counts,
    ) -> Self:
        """Return those of watches that are at some places of a table; -1: it has them not."""
        is_there = where >= 0
        where = where[is_there]
        firsts = starts[where]
        sizes = starts[where + 1] - firsts
        flat = spans(firsts, sizes)
        amounts = np.repeat(said[is_there], sizes) * counts[flat]
        return cls(ids[flat], amounts, watches[is_there], sizes)

    def of(self, one: int) -> tuple[Doubles, Counts]:
        """Return how much one was watched near each watch that it was watched near at all."""
        here = np.flatnonzero(self.to == one)
        watch = np.searchsorted(np.cumsum(self.sizes), here, side="right")
        return self.amounts[here], self.watches[watch]


def unpopular(learnt: Learnt, clips: Counts, lines: Counts, by: Weights) -> Doubles:
    """Return by what pairs of each are multiplied, so that popularity is taken off."""
    news = learnt.news
    stays = at(learnt.tables.stays, lines).astype(np.float64)
    if len(news.clips):
        stays += at(news.stays, places(clips, news.clips))
    return np.asarray(np.maximum(stays, 1.0) ** -by.near_popular)


_PLACES = {name: place for place, name in enumerate(Past._fields)}
_DEEDS = {
    "is_liked": Deed.LIKED,
    "is_saved": Deed.SAVED,
    "is_followed": Deed.FOLLOWS,
    "is_hidden": Deed.HIDDEN,
}
