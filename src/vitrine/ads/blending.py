"""What an ad takes from its viewer: arithmetic, no database.

Whatever stands in a feed has the place of something else. An ad takes the clip that its viewer
would have got to, and sometimes it puts them off. Both are in the unit in which the feed values
clips, and one rate makes it money: so an ad stands where it brings more than it takes, in the place
where that is most. Source: docs/adr/0125-the-blend.md.
"""

from collections.abc import Sequence

import numpy as np

from vitrine.ads import load
from vitrine.ads.auction import Places
from vitrine.recommend.arrays import Counts, Doubles


def places(
    after: Sequence[int],
    worths: Sequence[float],
    *,
    most: int,
    between: int = load.BETWEEN,
    rate_micros: float = load.MICROS_A_WORTH,
) -> Places:
    """Return places of a page and what each takes from its viewer.

    after: how many clips come before each. worths: of all clips, foretold; of none, what is usual.
    most: ads that may stand there. rate_micros: what a unit of worth is.
    """
    lost = pushed_back(worths)
    costs = [lost[place] if worths else load.USUAL_WORTH for place in after]
    return Places(
        load.seen(after),
        [int(rate_micros * max(cost, 0.0)) for cost in costs],
        load.together(tuple(after), most=most, between=between),
    )


def pushed_back(worths: Sequence[float]) -> list[float]:
    """Return what is lost by one more thing before each clip, and behind the last.

    Whatever comes after it is seen by as many fewer as do not go on: all in all one clip, of those
    to come, each as likely as it is got to. Of what comes behind the page the mean is held.
    """
    seen = load.SEEN / 100
    lost = [sum(worths) / max(len(worths), 1)]
    for worth in reversed(worths):
        lost.append((1 - seen) * worth + seen * lost[-1])
    return lost[::-1]


def put_off_micros(hidden: Doubles, rate_micros: float = load.MICROS_A_WORTH) -> Counts:
    """Return what showing each ad takes by whom it puts off. hidden: how likely it is hidden."""
    return np.asarray(rate_micros * load.PUT_OFF_WORTH * hidden, np.int64)
