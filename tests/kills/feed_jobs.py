"""The jobs that learn from what is watched. Killed writing: tests/feed/test_snapshots.py."""

import numpy as np
from django.utils import timezone

from tests import make
from tests.feed.learned import watch_all
from tests.kills.jobs import Job, kills, periodic, with_files
from vitrine.feed.learning import news, snapshots
from vitrine.feed.learning.tables import places
from vitrine.videos.models import Clip


def _watched() -> list[Clip]:
    clips = [with_files(make.clip()) for _ in range(2)]
    watch_all(clips, to=f"v_{clips[0].pk}")
    return clips


@kills("feed.learn")
def learn() -> Job:
    clips = _watched()

    def is_done() -> None:
        known = news.latest(now_s=int(timezone.now().timestamp()))
        where = places(np.array([clip.pk for clip in clips], np.int64), known.clips)
        assert known.shown[where].tolist() == known.stays[where].tolist() == [1, 1]

    return Job({}, is_done)


@kills("feed.build")
def build() -> Job:
    clips = _watched()

    def is_done() -> None:
        tables = snapshots.map_tables(snapshots.current().base)
        where = tables.lines(np.array([clip.pk for clip in clips], np.int64))
        assert tables.shown[where].tolist() == tables.stays[where].tolist() == [1, 1]

    return periodic(is_done)
