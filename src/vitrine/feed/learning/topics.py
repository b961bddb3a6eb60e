"""What clips say that they are of, as numbers: hashtags, sound, language, what their products are.

A topic is a number that Postgres makes of its words (``saying.py``), so that tables and news have
the same one without asking each other. Source: docs/adr/0102-what-a-clip-is-of.md.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from vitrine.recommend.arrays import Counts, Floats, spans

FEWEST = 2
"""Clips that a topic has at least, to say something of how they belong together."""
COMMON = 0.2
"""The share of clips beyond which a topic says hardly anything of them, and is left out."""


@dataclass(frozen=True)
class Topics:
    """Of the clip in place p the topics are numbers[starts[p]:starts[p + 1]]."""

    starts: Counts
    numbers: Counts

    @classmethod
    def of(cls, clip: Counts, number: Counts, clips: Counts) -> Self:
        """Lay out pairs of a clip and a topic, in the order of clips, which ascend."""
        sizes = np.zeros(len(clips) + 1, np.int64)
        is_there = np.isin(clip, clips)
        where = np.searchsorted(clips, clip[is_there])
        sizes[1:] = np.bincount(where, minlength=len(clips))
        return cls(np.cumsum(sizes), number[is_there])

    @property
    def clips(self) -> int:
        """How many clips there are."""
        return len(self.starts) - 1

    def at(self, places: Counts) -> tuple[Counts, Counts]:
        """Return topics of some places, and of each which of the places it belongs to.

        A place of -1 has none.
        """
        which = np.flatnonzero(places >= 0)
        first = self.starts[places[which]]
        sizes = self.starts[places[which] + 1] - first
        return self.numbers[spans(first, sizes)], np.repeat(which, sizes)


def known(topics: Topics) -> Counts:
    """Return the topics that tell clips apart, ascending."""
    numbers, sizes = np.unique(topics.numbers, return_counts=True)
    return numbers[(sizes >= FEWEST) & (sizes <= max(COMMON * topics.clips, FEWEST))]


def telling(topics: Topics) -> tuple[Counts, Counts]:
    """Return lines of topics that tell clips apart, and the place among these of each line's."""
    numbers = known(topics)
    is_telling = np.isin(topics.numbers, numbers)
    line = np.repeat(np.arange(topics.clips), np.diff(topics.starts))
    return line[is_telling], np.searchsorted(numbers, topics.numbers[is_telling])


def means(topics: Topics, vectors: Floats) -> Floats:
    """Return the mean vector of the clips of each topic that tells clips apart."""
    line, topic = telling(topics)
    if not len(line):
        return np.zeros((0, vectors.shape[1]), np.float32)
    order = np.argsort(topic, kind="stable")
    sizes = np.bincount(topic)
    sums = np.add.reduceat(vectors[line[order]], np.cumsum(sizes) - sizes, axis=0)
    return np.asarray(sums / sizes[:, None], np.float32)
