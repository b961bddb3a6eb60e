"""The jobs that learn from what is watched. Killed writing: tests/feed/test_snapshots.py.

Building starts a process that loads the compiler, ten times here: by day that is left to that test.
"""

from datetime import timedelta

import numpy as np
from django.utils import timezone

from tests import make
from tests.feed.experiments.declared import declare
from tests.feed.learned import watch_all
from tests.kills.jobs import ELSEWHERE, Job, kills, periodic, with_files
from tests.nightly import IS_NIGHT
from vitrine.ads.models import Lookalike
from vitrine.feed.days import local_day
from vitrine.feed.experiments import intervals
from vitrine.feed.experiments.metrics import Metric
from vitrine.feed.learning import news, snapshots
from vitrine.feed.learning.tables import places
from vitrine.feed.models import (
    ClipDay,
    Experiment,
    Exposure,
    FairHearing,
    FirstDay,
    Look,
    PaidPost,
)
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


@kills("feed.note_first_days")
def note_first_days() -> Job:
    clip = with_files(make.clip(published_at=timezone.now() - timedelta(hours=25)))

    def is_done() -> None:
        assert FirstDay.objects.get(clip=clip).hearing == FairHearing.FEW_PLACES

    return periodic(is_done)


@kills("feed.note_paid_posts")
def note_paid_posts() -> Job:
    clip = with_files(make.clip(paid_by="Brass and sons"))
    day = local_day(timezone.now())
    ClipDay.objects.create(
        clip=clip, day=day, source="for_you", reach=9, qualified=9, watched_ms=9, skipped=0,
        finished=0, taps=0, shares=0, follows=0, seen=[],
    )  # fmt: skip

    def is_done() -> None:
        post = PaidPost.objects.get(clip=clip)
        assert (post.payer, post.first_on, post.last_on) == ("Brass and sons", day, day)

    return periodic(is_done)


@kills("feed.make_lookalikes")
def make_lookalikes() -> Job:
    row = Lookalike.objects.create(
        merchant=make.merchant(), of=["bought"], people=0, viewers=0, space="", direction=b"",
        thresholds=[], made_at=timezone.now(),
    )  # fmt: skip

    def is_done() -> None:
        assert not Lookalike.objects.filter(pk=row.pk).exists()  # no ad asks for it

    return periodic(is_done)


@kills("feed.look")
def look() -> Job:
    now = timezone.now()
    for other in Experiment.objects.running(at=now):
        other.stop(at=now)
    made = declare(begins_at=now, ends_at=now + timedelta(days=1))
    arm = made.arms.get(place=0)
    for n in range(intervals.FEWEST):
        Exposure.objects.create(
            experiment=made, arm=arm, viewer=f"v_look{n}", day=local_day(now), first_at=now
        )

    def is_done() -> None:
        looks = Look.objects.filter(arm=arm)
        assert {(one.metric, one.viewers) for one in looks} == {
            (metric.value, intervals.FEWEST) for metric in Metric
        }
        assert looks.count() == len(Metric)

    return periodic(is_done)


def build() -> Job:
    clips = _watched()

    def is_done() -> None:
        tables = snapshots.map_tables(snapshots.current().base)
        where = tables.lines(np.array([clip.pk for clip in clips], np.int64))
        assert tables.shown[where].tolist() == tables.stays[where].tolist() == [1, 1]

    return periodic(is_done)


if IS_NIGHT:
    kills("feed.build")(build)
else:
    ELSEWHERE["feed.build"] = (
        "tests/feed/test_snapshots.py"
        "::test_a_learner_killed_at_any_step_leaves_what_was_there_or_what_is_new"
    )
