"""What came of showings, and the lines that foretell it: see ``recommend/foretelling.py``."""

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.log import Showings
from vitrine.feed.plausible import SKIPPED_BEFORE_MS
from vitrine.feed.signs import SIGNS
from vitrine.feed.worth import Deed
from vitrine.recommend import foretelling, line_fitting
from vitrine.recommend.arrays import Counts, Doubles, Flags
from vitrine.recommend.watch_time import WatchTimes

DAY_S = 24 * 3600


def lines_of(showings: Showings, watch_times: WatchTimes) -> Doubles:
    """Return a line for each of ``weights.VALUE``; none where too little was shown or is known."""
    nothing = np.zeros((0, len(SIGNS) + 1))
    if len(showings.served_s) < weights.LEARNT_FROM:
        return nothing
    age_days = (showings.served_s.max() - showings.served_s) / DAY_S
    counts = np.exp2(-age_days / weights.SIGNS_HALF_LIFE_DAYS)
    lines = line_fitting.fitted(showings.signs, came(showings, watch_times), counts)
    return lines if foretelling.knows(lines)[:3].any() else nothing


def came(showings: Showings, watch_times: WatchTimes) -> Doubles:
    """Return how much of each of ``weights.VALUE`` came of each showing, 0 to 1."""
    watched, length = showings.watched_ms.astype(float), showings.duration_ms.astype(float)
    did = showings.deeds
    is_refused = _has(did, Deed.HIDDEN | Deed.REPORTED)
    followed_before = showings.signs[:, SIGNS.index("followed")] > 0
    found = {
        "begun": (watched >= np.minimum(SKIPPED_BEFORE_MS, length / 2)) & ~is_refused,
        "gain": np.where(is_refused, 0.0, watch_times.gain(watched, length)),
        "finished": showings.is_finished & ~is_refused,
        "liked": _has(did, Deed.LIKED),
        "commented": _has(did, Deed.COMMENTED),
        "kept": _has(did, Deed.SAVED | Deed.SHARED) | (_has(did, Deed.FOLLOWS) & ~followed_before),
        "tapped": _has(did, Deed.TAPPED),
        "bought": _has(did, Deed.IN_CART | Deed.BOUGHT),
        "refused": _has(did, Deed.HIDDEN),
        "reported": _has(did, Deed.REPORTED),
    }
    return np.stack([np.asarray(found[name], np.float64) for name in weights.VALUE], axis=1)


def _has(deeds: Counts, any_of: Deed) -> Flags:
    return (deeds & any_of) > 0
