"""What one source says of candidates, so that the words of several can be added up."""

import numpy as np

from vitrine.recommend.arrays import Counts, Doubles, Floats


def spoken(scores: Floats, starts: Counts) -> Floats:
    """Put a source's scores of one viewer between 0 and 1, once as they are and once as roots.

    The roots tell apart what is low, where the plain scores tell apart what is high.
    """
    filled = np.diff(starts) > 0
    low = np.zeros(len(starts) - 1, np.float32)
    high = np.zeros(len(starts) - 1, np.float32)
    low[filled] = np.minimum.reduceat(scores, starts[:-1][filled]) if filled.any() else 0
    high[filled] = np.maximum.reduceat(scores, starts[:-1][filled]) if filled.any() else 0
    owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    share = (scores - low[owners]) / np.maximum(high - low, 1e-12)[owners]
    return np.stack([share, np.sqrt(share)], axis=1).astype(np.float32)


def spoken_to_one(scores: Floats | Doubles) -> tuple[Doubles, Doubles]:
    """Put a source's scores of a single viewer between 0 and 1, as above; scores: one at least."""
    low, high = scores.min(), scores.max()
    share = np.asarray((scores - low) / max(high - low, 1e-12), np.float64)
    return share, np.sqrt(share)
