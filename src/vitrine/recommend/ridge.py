"""What each item says of each other, in closed form: for catalogues of a few thousand items.

Source: EASE, Steck, WWW 2019. One inverse of a square of the catalogue, hence LARGEST.
"""

import numpy as np

from vitrine.recommend.arrays import Floats
from vitrine.recommend.rows import Rows

LARGEST = 4_000
"""Items: 64 MB for the square, and seconds for its inverse."""


def fitted(histories: Rows, penalty: float) -> Floats:
    """Return the weight of each item (line) for each other (column); none for itself."""
    if histories.width > LARGEST:
        raise ValueError(f"a catalogue of at most {LARGEST} items")
    square = np.zeros((histories.width, histories.width), np.float32)
    for start in range(0, len(histories), 1024):
        block = dense(histories.picked(np.arange(start, min(start + 1024, len(histories)))))
        square += block.T @ block
    square[np.diag_indices_from(square)] += np.float32(penalty)
    inverse = np.linalg.inv(square)
    inverse /= -np.diag(inverse)[None, :]
    inverse[np.diag_indices_from(inverse)] = 0
    return np.asarray(inverse, np.float32)


def dense(histories: Rows) -> Floats:
    """Lay the weights of histories out in full."""
    full = np.zeros((len(histories), histories.width), np.float32)
    owners = np.repeat(np.arange(len(histories)), histories.lengths)
    np.add.at(full, (owners, histories.ids), histories.weights)
    return full
