"""How good a watch was: better than how many others of clips of about that length.

Seconds favour long clips and shares of the length favour short ones; a place among the watches of
clips of like length favours neither.
Source: Zhan et al., KDD 2022 (duration-deconfounded quantiles of watch time).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.arrays import Doubles

Places = NDArray[np.intp]

LENGTHS_MS = np.array([3, 5, 8, 12, 18, 27, 40, 60, 120, 300]) * 1000.0
"""Where one bucket of lengths ends and the next begins; each holds a like share of clips."""

STEPS = 40
"""So many steps there are from nothing to a clip watched through, and as many to twice that."""

MOST = 2.0
"""A clip that is watched in rounds counts as this many at most."""

IMAGINED = 20.0
"""Watches that each bucket begins with, spread evenly: the first real one is no triumph."""


def bucket(length_ms: Doubles) -> Places:
    """Return the buckets of lengths."""
    return np.searchsorted(LENGTHS_MS, length_ms, side="right")


def step(watched_ms: Doubles, length_ms: Doubles) -> Places:
    """Return how many steps were watched, 0 to MOST * STEPS."""
    share = np.clip(watched_ms / np.maximum(length_ms, 1.0), 0.0, MOST)
    return np.floor(share * STEPS).astype(np.intp)


def _imagined() -> Doubles:
    width = int(MOST * STEPS) + 1
    return np.full((len(LENGTHS_MS) + 1, width), IMAGINED / width)


@dataclass
class WatchTimes:
    """How long clips are watched. counts: of watches, by bucket of lengths and step."""

    counts: Doubles = field(default_factory=_imagined)

    def add(self, watched_ms: Doubles, length_ms: Doubles, weight: float = 1.0) -> None:
        """Count watches; a negative weight takes them back."""
        places = bucket(length_ms), step(watched_ms, length_ms)
        np.add.at(self.counts, places, weight)

    def fade(self, share: float) -> None:
        """Let what was counted until now count less. share: how much is left, 0 to 1."""
        self.counts *= share

    def gain(self, watched_ms: Doubles, length_ms: Doubles) -> Doubles:
        """Return for each watch the share of others that it beats, 0 to 1; of equals half."""
        sums = np.cumsum(self.counts, axis=1)
        buckets, steps = bucket(length_ms), step(watched_ms, length_ms)
        here = self.counts[buckets, steps]
        beaten = sums[buckets, steps] - here / 2
        gains: Doubles = beaten / np.maximum(sums[buckets, -1], 1e-9)
        return gains

    def watched_ms(self, gain: Doubles, length_ms: Doubles) -> Doubles:
        """Return how long a watch of that gain is: what is expected, in milliseconds."""
        sums = np.cumsum(self.counts, axis=1)
        buckets = bucket(length_ms)
        wanted = gain * sums[buckets, -1]
        steps = np.array(
            [
                np.searchsorted(sums[one], sought, side="left")
                for one, sought in zip(buckets, wanted, strict=True)
            ]
        )
        share = np.minimum((steps + 0.5) / STEPS, MOST)
        times: Doubles = share * length_ms
        return times
