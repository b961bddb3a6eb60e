"""What a watch says of its clip: arithmetic on arrays, without a database."""

from enum import IntFlag

import numpy as np

from vitrine.feed import weights
from vitrine.feed.plausible import ENOUGH_MS, SKIPPED_BEFORE_MS
from vitrine.recommend.arrays import Counts, Doubles, Flags


class Deed(IntFlag):
    """What a viewer did with a clip besides watching it. A log holds the bits."""

    LIKED = 1
    SAVED = 2
    SHARED = 4
    COMMENTED = 8
    FOLLOWS = 16
    TAPPED = 32
    IN_CART = 64
    BOUGHT = 128
    HIDDEN = 256
    REPORTED = 512


BONUSES = {
    Deed.LIKED: weights.LIKED,
    Deed.SAVED: weights.SAVED,
    Deed.SHARED: weights.SHARED,
    Deed.COMMENTED: weights.COMMENTED,
    Deed.FOLLOWS: weights.FOLLOWS,
    Deed.TAPPED: weights.TAPPED,
    Deed.IN_CART: weights.IN_CART,
    Deed.BOUGHT: weights.BOUGHT,
}


_BONUS = np.array(
    [
        sum((more for deed, more in BONUSES.items() if deeds & deed), 0.0)
        for deeds in range(2 * max(Deed))
    ]
)
"""What deeds add, by their bits."""


def stays(watched_ms: Counts, duration_ms: Counts) -> Flags:
    """Tell which watches are stays: long enough, or half of a short clip."""
    return np.asarray(watched_ms >= np.minimum(ENOUGH_MS, duration_ms / 2))


def worth(gain: Doubles, watched_ms: Counts, duration_ms: Counts, deeds: Counts) -> Doubles:
    """Return what each watch says of its clip: below 0 that there should be less like it."""
    bonus = _BONUS[deeds]
    is_skipped = watched_ms < np.minimum(SKIPPED_BEFORE_MS, duration_ms / 2)
    is_stay = stays(watched_ms, duration_ms)
    liked = gain - weights.INDIFFERENT
    liked = np.where(is_stay, np.maximum(liked, weights.STAYED), liked)
    said = np.where(is_skipped, weights.SKIPPED, liked) + bonus
    said = np.where(deeds & (Deed.HIDDEN | Deed.REPORTED), weights.HIDDEN, said)
    return np.clip(said, weights.LEAST_WORTH, weights.MOST_WORTH)
