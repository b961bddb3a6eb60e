"""How clips are received by everybody: how often they were shown, and the share who stay."""

from typing import NamedTuple

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.tables import Learnt, at, places
from vitrine.recommend.arrays import Counts, Doubles


class Sums(NamedTuple):
    """Of each clip how often it was shown, how many stayed, and its heat: tables and news."""

    shown: Doubles
    stays: Doubles
    heat: Doubles


def sums(learnt: Learnt, clips: Counts, lines: Counts) -> Sums:
    """Return what is known of clips, by primary key and by their lines in the tables."""
    tables, news = learnt.tables, learnt.news
    shown, stays = at(tables.shown, lines).astype(np.float64), at(tables.stays, lines)
    stays, heat = stays.astype(np.float64), at(tables.heat, lines)
    if len(news.clips):
        spots = places(clips, news.clips)
        shown += at(news.shown, spots)
        stays += at(news.stays, spots)
        heat += at(news.heat, spots)
    return Sums(np.maximum(shown, stays), stays, heat)


def received(learnt: Learnt, people: Counts, of: Sums) -> Doubles:
    """Return the share who stay, drawn to that of the creator's clips, and this to all clips'.

    people: where the tables have the creators, -1 where they do not.
    """
    tables, news = learnt.tables, learnt.news
    people_shown = at(tables.people_shown, people)
    people_stays = at(tables.people_stays, people)
    all_stays = int(tables.totals[1] + news.stays.sum())
    all_shown = max(int(tables.totals[0] + news.shown.sum()), all_stays)
    begins = weights.PRIOR_OF_CREATOR
    usual = (all_stays + weights.PRIOR_STAYS * begins) / (all_shown + begins)
    prior = (people_stays + usual * begins) / (np.maximum(people_shown, people_stays) + begins)
    mean = (of.stays + prior * weights.PRIOR_SHOWN) / (of.shown + weights.PRIOR_SHOWN)
    return np.asarray(mean)
