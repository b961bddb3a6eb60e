"""How far the watching of one item says something of another, in whole numbers."""

from dataclasses import dataclass

import numpy as np

from vitrine.recommend.arrays import Counts

UNIT = 25_200
"""One pair at distance 1. 1/d and .3/d of it are whole numbers for each d up to 10."""


@dataclass(frozen=True)
class Reach:
    """How far a pair counts: `onward[d - 1]` from the earlier item to the later, and back."""

    onward: Counts
    back: Counts

    @classmethod
    def fading(cls, window: int = 10, *, decay: float = 1.0, back: float = 0.3) -> "Reach":
        """Count a pair at distance d as 1/d^decay, and its way back as a share of that."""
        onward = UNIT / np.arange(1, window + 1, dtype=np.float64) ** decay
        return cls(np.rint(onward).astype(np.int64), np.rint(onward * back).astype(np.int64))
