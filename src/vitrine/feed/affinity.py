"""What a viewer's watching speaks for, whatever the page: for what is ordered outside of For you.

Source: docs/adr/0100-searching-as-oneself.md.
"""

from typing import NamedTuple

import numpy as np

from vitrine.feed import retrieval, unseen
from vitrine.feed.learning import served
from vitrine.feed.learning.tables import Learnt
from vitrine.feed.unseen import Past
from vitrine.feed.viewer import Viewer as Watcher
from vitrine.recommend.arrays import Counts, Doubles
from vitrine.videos.models import Viewer


class Affinity(NamedTuple):
    """Clips by primary key, and how much speaks for each, above 0 and up to 1."""

    clips: Counts
    amounts: Doubles


NONE = Affinity(np.zeros(0, np.int64), np.zeros(0))


def of(key: str | None, viewer: Viewer) -> Affinity:
    """Return what a viewer's watching speaks for; nothing of who wants no personal order.

    key: None for a stranger. Queries: 1, or 0 where nothing is known.
    """
    learnt = served.learnt()
    if learnt is None or key is None:
        return NONE
    past = unseen.past(key, viewer, tables=learnt.tables)
    return affinity(learnt, past) if past else NONE


def affinity(learnt: Learnt, past: list[Past]) -> Affinity:
    """Return what was watched near their latest clips, or is like what they liked: the best.

    Near is a share of the nearest. Alike is what the factors expect: 1 of what is watched gladly.
    """
    watcher = Watcher(learnt, past, np.zeros(0, np.int64))
    near, nearness, _ = retrieval.nearest(watcher)
    lines, likeness = retrieval.likest(watcher)
    alike = learnt.tables.clips[lines]
    clips = np.union1d(near, alike)
    amounts = np.zeros(len(clips))
    if len(near):
        amounts[np.searchsorted(clips, near)] = nearness / nearness.max()
    where = np.searchsorted(clips, alike)
    amounts[where] = np.maximum(amounts[where], np.minimum(likeness, 1.0))
    return Affinity(clips, amounts)
