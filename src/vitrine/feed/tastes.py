"""What a viewer's watches say of clips like them: how much more than others they stay with these.

In log-odds, so that forty skips say what forty skips say, and one says little: the share that they
stayed with, drawn to the share of others who do, against it. Arithmetic: no clock, no database.
Source: docs/adr/0102-what-a-clip-is-of.md.
"""

import numpy as np

from vitrine.feed import weights
from vitrine.recommend.arrays import Doubles, Flags, Floats


def of(vectors: Floats, own: Floats, stayed: Flags, usual: Doubles) -> tuple[Doubles, Doubles]:
    """Return what watches say of clips by how like them they are, and what the last of them do.

    own: the vectors of what was watched. A watch counts for a clip as much as the square of the
    cosine of their vectors; nothing where they look away from each other.
    """
    like = np.maximum(_unit(vectors) @ _unit(own).T, 0) ** 2
    fades = weights.LATELY_FADES ** np.arange(len(stayed))
    even = np.ones(len(stayed))
    parts = [count * part for count in (even, fades) for part in (even, stayed, usual)]
    sums = (like @ np.stack(parts, axis=1).astype(np.float32)).astype(np.float64)
    amount, stays, others, *lately = sums.T
    return _beyond(amount, stays, others), _beyond(*lately)


def _unit(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(lengths, 1e-9)[:, None])


def _beyond(amount: Doubles, stays: Doubles, others: Doubles) -> Doubles:
    """Return by how much the log-odds of staying are beyond those of others; 0 of nothing known."""
    usual = np.where(amount > 0, others / np.maximum(amount, 1e-9), 0.5)
    own = (stays + weights.PRIOR_TASTE * usual) / (amount + weights.PRIOR_TASTE)
    return np.asarray(_odds(own) - _odds(usual))


def _odds(share: Doubles) -> Doubles:
    share = np.clip(share, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(share / (1 - share)))
