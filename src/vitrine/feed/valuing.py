"""What showing a clip is worth: foretold by what was learnt, or weighed by declared weights.

Until enough was shown to learn from (``weights.LEARNT_FROM``), and of things that the learner could
not foretell, the declared weights decide. Sources: docs/adr/0096 and 0097.
"""

from dataclasses import dataclass

import numpy as np

from vitrine.feed import weights
from vitrine.feed.signs import SIGNS, Candidates
from vitrine.feed.weighing import Pair, Weights
from vitrine.recommend import foretelling, speaking
from vitrine.recommend.arrays import Doubles, Floats


@dataclass(frozen=True)
class Valued:
    """values: what showing each is worth. near, alike, fresh, popular: what of it comes from what.

    near, alike: from what the viewer watched: near it, and like it. met: from what they did with
    its creator's other clips. fresh, popular: beyond what they speak for the other candidates.
    per_stay: how much more each would be worth if everybody stayed with it instead of nobody, at
    the slope it has now. is_foretold: values are in the unit of ``weights.VALUE``.
    """

    values: Doubles
    near: Doubles
    alike: Doubles
    met: Doubles
    fresh: Doubles
    popular: Doubles
    per_stay: Doubles
    is_foretold: bool = False


def foretold(signs: Doubles, received: Doubles, lines: Doubles, by: Weights) -> Valued:
    """Value candidates by what is foretold of each. received: the share who stay."""
    chances, worth = foretelling.foretold(signs, lines), np.array(by.value)
    # How much the value changes with a sign, times the sign: what it speaks for the clip.
    slopes = (chances * (1 - chances) * worth) @ lines[:, :-1]
    spoke = dict(zip(SIGNS, (slopes * signs).T, strict=True))
    return Valued(
        values=chances @ worth,
        near=spoke["near"],
        alike=spoke["alike"] + spoke["creator_alike"] + spoke["taste"] + spoke["taste_lately"],
        met=spoke["creator_met"],
        fresh=_beyond(spoke["fresh"]),
        popular=_beyond(spoke["received"] + spoke["heat"]),
        per_stay=slopes[:, SIGNS.index("received")] / (received * (1 - received)),
        is_foretold=True,
    )


def blended(those: Candidates, by: Weights) -> Valued:
    """Value candidates by declared weights."""
    near = spoken(those.near, by.near, "near")
    alike = spoken(those.alike, by.factors, "factors") + by.taste * those.taste
    met = by.met * those.met
    fresh = by.fresh * those.freshness
    popular = spoken(those.heat, by.heat, "heat") + by.received * those.received
    return Valued(
        values=near + alike + met + fresh + popular + by.followed * those.is_followed,
        near=near,
        alike=alike,
        met=met,
        fresh=_beyond(fresh),
        popular=_beyond(popular),
        per_stay=np.full(len(near), by.received),
    )


def _beyond(spoke: Doubles) -> Doubles:
    """Return how much more speaks for each than for the others: that alone is a reason for it."""
    return spoke - spoke.mean() if len(spoke) else spoke


def spoken(scores: Doubles | Floats, trust: Pair, source: str) -> Doubles:
    """Return what one source's word of all candidates counts: the less, the less it knows."""
    best = float(np.max(scores, initial=0.0))
    if not best:
        return np.zeros(len(scores))
    share, root = speaking.spoken_to_one(scores)
    return np.asarray(
        (trust[0] * share + trust[1] * root) * (best / (best + weights.QUIET[source]))
    )
