"""Whose watches speak for others: of a crowd that came lately, a few are heard on each clip.

Arithmetic on the log: no clock, no database. What somebody's own pages learn from their own watches
does not ask here. Source: docs/adr/0106-a-crowd-speaks-as-a-few.md.
"""

import math
from dataclasses import dataclass, fields, replace

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.log import Log, Showings
from vitrine.feed.learning.tables import places
from vitrine.recommend.arrays import Counts, Flags

DAY_S = 24 * 3600
NEVER = np.iinfo(np.int64).max
"""Since when an account is known that is not."""


@dataclass(frozen=True)
class Usual:
    """For how many days accounts of a cell are known: on the day of an instant, and the next.

    Two days, since tables that were built before midnight are there for an hour after it.
    """

    at_s: int
    days: Counts

    def on(self, now_s: int) -> int:
        """Return from how many days on accounts speak in full. Later days are as the second."""
        day = now_s // DAY_S - self.at_s // DAY_S
        return int(self.days[min(max(day, 0), len(self.days) - 1)])

    def is_full(self, since_s: Counts, now_s: int) -> Flags:
        """Tell which accounts speak in full, that are known since some instants."""
        return days_known(since_s, now_s) >= self.on(now_s)


def known_since(viewer: Counts, creator: Counts, stayed_s: Counts) -> Counts:
    """Return since when each viewer is known, by their number: the first stay with a fifth creator.

    A line for each watch; stayed_s: 0 where they left. creator: below 0 where it is not known.
    """
    size = int(viewer.max(initial=-1)) + 1
    is_stay = (stayed_s > 0) & (creator >= 0)
    who, of, when = viewer[is_stay], creator[is_stay], stayed_s[is_stay]
    order = np.lexsort((when, of, who))
    who, of, when = who[order], of[order], when[order]
    is_first = _begins(who) | _begins(of)
    who, when = who[is_first], when[is_first]
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    is_fifth = _rank(who) == weights.KNOWN_BY_CREATORS - 1
    found = np.full(size, NEVER, np.int64)
    found[who[is_fifth]] = when[is_fifth]
    return found


def days_known(since_s: Counts, now_s: int) -> Counts:
    """Return on how many days (UTC) accounts are known, today among them: 0 where they are not."""
    days = np.clip(now_s // DAY_S - since_s // DAY_S + 1, 1, weights.KNOWN_DAYS)
    return np.where(since_s <= now_s, days, 0)


def usual(since_s: Counts, at_s: int) -> Usual:
    """Return for how many days it is usual to be known: the most that not few accounts are.

    Two at least: on the day on which the first come, all speak in full. Not few: the root of how
    many are known since an earlier day, so that neither a crowd that came lately nor some who were
    there from the start say what is usual.
    """
    days = [_usual(days_known(since_s, at_s + more * DAY_S)) for more in range(2)]
    return Usual(at_s, np.array(days, np.int64))


def _usual(known: Counts) -> int:
    counts = np.bincount(known, minlength=weights.KNOWN_DAYS + 1)
    since_earlier = np.cumsum(counts[:1:-1])[::-1]  # for two days at least, three, and so on
    enough = max(weights.KNOWN_FEWEST, math.isqrt(since_earlier[0]))
    is_usual = np.flatnonzero(since_earlier >= enough)
    return int(is_usual[-1]) + 2 if len(is_usual) else 0


def heard(group: Counts, since_s: Counts, of: Usual) -> Flags:
    """Tell which watches speak for others. group: what was watched; since_s: of who watched it.

    All of who is known for as long as is usual. Of the others those who are known longest, as far
    as there is room for them in the group.
    """
    found = of.is_full(since_s, of.at_s)
    counts = np.bincount(group[found], minlength=int(group.max(initial=-1)) + 1)
    crowd = np.flatnonzero(~found)
    crowd = crowd[np.lexsort((since_s[crowd], group[crowd]))]
    room = np.floor(weights.CROWD * counts).astype(np.int64) + 1
    found[crowd[_rank(group[crowd]) < room[group[crowd]]]] = True
    return found


def heard_of(log: Log, at_s: int) -> tuple[Log, Usual]:
    """Return the log of those watches that speak for others, and what is usual in the cell.

    A crowd has its room on each clip, and no more than that on all clips of a creator. Clips that
    are out no more are as one.
    """
    line = places(log.clip, log.clips)
    creators = np.append(np.unique(log.creators, return_inverse=True)[1], -1)
    creator = creators[line]
    since_s = known_since(log.viewer, creator, log.stayed_s)
    of = usual(since_s[np.unique(log.viewer)], at_s)
    kept = np.arange(len(line))
    for group in (line, creator):
        kept = kept[heard(group[kept] + 1, since_s[log.viewer[kept]], of)]
    found = replace(log, **{name: getattr(log, name)[kept] for name in _OF_WATCHES})
    return replace(found, showings=_of(log.showings, found.watch)), of


_OF_WATCHES = ("viewer", "clip", "watched_ms", "duration_ms", "stayed_s", "deeds", "watch")


def _of(showings: Showings, watches: Counts) -> Showings:
    kept = np.isin(showings.watch, watches)
    return Showings(
        **{field.name: getattr(showings, field.name)[kept] for field in fields(Showings)}
    )


def _begins(ascending: Counts) -> Flags:
    """Tell where a run of equal numbers begins."""
    found = np.ones(len(ascending), np.bool_)
    found[1:] = ascending[1:] != ascending[:-1]
    return found


def _rank(ascending: Counts) -> Counts:
    """Return the place of each number among those equal to it, from 0."""
    begins = np.flatnonzero(_begins(ascending))
    sizes = np.diff(np.append(begins, len(ascending)))
    return np.arange(len(ascending)) - np.repeat(begins, sizes)
