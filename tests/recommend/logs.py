"""Small logs of watches, by lot and always the same."""

import numpy as np

from vitrine.recommend.rows import Rows

ITEMS = 40


def histories(seed: int = 0, *, viewers: int = 60, longest: int = 25) -> list[list[int]]:
    """Return what viewers watched, oldest first; some more than once, some nothing at all."""
    chance = np.random.default_rng(seed)
    return [chance.integers(ITEMS, size=chance.integers(longest)).tolist() for _ in range(viewers)]


def rows(seed: int = 0) -> Rows:
    return Rows.of(histories(seed), ITEMS)
