"""What a viewer's watches say of clips like them: how much more gladly than others they watch.

A sum of what each watch told, by how like the clip it is, in units of its own chance: so that one
skip says little and forty say much, and a skip of what everybody leaves says next to nothing.
Arithmetic: no clock, no database. Source: docs/adr/0109-how-gladly.md.
"""

import numpy as np

from vitrine.feed import weights
from vitrine.recommend.arrays import Doubles, Flags, Floats


def told(stayed: Flags, worth: Doubles, usual: Doubles) -> Doubles:
    """Return what each watch tells of its kind: that they stayed, and then how gladly.

    usual: the share of others who stay. Both are beyond what was to be expected, so that they are
    0 on average; gladly is how far up they were among all watches of clips of that length, and at
    the top of these where they liked, saved or followed.
    """
    among_all = np.minimum(worth, 1 - weights.INDIFFERENT) + weights.INDIFFERENT
    middle = 1 - usual.mean() / 2 if len(usual) else 0.0  # of those who stay, the upper of all
    return np.asarray(stayed * (1 + weights.GLADLY * (among_all - middle)) - usual)


def of(vectors: Floats, own: Floats, told: Doubles, usual: Doubles) -> tuple[Doubles, Doubles]:
    """Return what watches say of clips by how like them they are, and what the last of them do.

    own: the vectors of what was watched. A watch counts for a clip as much as the square of the
    cosine of their vectors; nothing where they look away from each other.
    """
    like = np.maximum(_unit(vectors) @ _unit(own).T, 0) ** 2
    fades = weights.LATELY_FADES ** np.arange(len(told))
    chance = usual * (1 - usual)
    parts = np.stack([told, chance, told * fades, chance * fades], axis=1).astype(np.float32)
    ever, by_chance, lately, by_late_chance = (like @ parts).T.astype(np.float64)
    return _in_chances(ever, by_chance), _in_chances(lately, by_late_chance)


def _in_chances(said: Doubles, chance: Doubles) -> Doubles:
    return np.asarray(said / np.sqrt(weights.PRIOR_TASTE + chance))


def _unit(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(lengths, 1e-9)[:, None])
