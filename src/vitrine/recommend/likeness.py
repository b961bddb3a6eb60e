"""What looks, sounds or is described alike: it serves items that nobody has watched yet."""

import numpy as np

from vitrine.recommend.arrays import Counts, Floats, Ids
from vitrine.recommend.neighbours import NEAREST, NOBODY, Strengths
from vitrine.recommend.rows import Rows, power

BLOCK = 512


def described(attributes: Rows) -> Floats:
    """Return a vector of length 1 for each item, from the attributes it has: rare ones say more."""
    said = attributes.popularity()
    vectors = np.zeros((len(attributes), attributes.width), np.float32)
    owners = np.repeat(np.arange(len(attributes)), attributes.lengths)
    rarity = np.log(len(attributes) / np.maximum(said, 1)).astype(np.float32)
    vectors[owners, attributes.ids] = rarity[attributes.ids]
    return unit(vectors)


def unit(vectors: Floats) -> Floats:
    """Scale each vector to length 1; one of nothing stays so."""
    lengths = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1))
    return np.asarray(vectors / np.maximum(lengths, 1e-9)[:, None], np.float32)


def alike(kinds: list[Floats], *, nearest: int = NEAREST) -> Strengths:
    """Return for each item the nearest by the mean cosine of all kinds of vectors."""
    items = len(kinds[0])
    nearest = min(nearest, items - 1)
    ids: Ids = np.full((items, nearest), NOBODY, np.int32)
    values: Floats = np.zeros((items, nearest), np.float32)
    for start in range(0, items, BLOCK):
        lines = np.arange(start, min(start + BLOCK, items))
        cosines = sum((kind[lines] @ kind.T for kind in kinds), np.float32(0)) / len(kinds)
        cosines = np.asarray(cosines, np.float32)
        cosines[np.arange(len(lines)), lines] = -2
        found = np.sort(np.argpartition(-cosines, nearest - 1, axis=1)[:, :nearest], axis=1)
        values[lines] = np.maximum(np.take_along_axis(cosines, found, 1), 0)
        ids[lines] = found
    return Strengths(ids, values)


def sharpened(near: Strengths, popularity: Counts, *, sharpness: float, known: float) -> Strengths:
    """Raise likeness to a power, and favour by popularity^known what many watch."""
    values = near.values**sharpness * power(popularity, known)[near.ids]
    return Strengths(near.ids, values.astype(np.float32))
