"""The folding-in of one viewer among factors, in plain numpy: see ``factors.folded`` for many."""

import numpy as np

from vitrine.recommend.arrays import Doubles, Floats


def folded_one(
    vectors: Floats,
    weights: Doubles,
    everything: Floats,
    items: int,
    *,
    unwatched: float,
    penalty: float,
) -> Floats:
    """Return the vector that explains best why a viewer watched what has these vectors.

    everything: the square of all vectors; items: how many of them there are. unwatched, penalty: as
    the vectors were fitted by.
    """
    if not len(vectors):
        return np.zeros(everything.shape[0], np.float32)
    heavy = vectors * weights[:, None].astype(np.float32)
    left = unwatched * everything + heavy.T @ vectors
    left[np.diag_indices_from(left)] += penalty * (unwatched * items + len(vectors))
    return np.linalg.solve(left, heavy.sum(axis=0)).astype(np.float32)
