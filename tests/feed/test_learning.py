"""What is learnt of a log: the same of the same, at once or bit by bit."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed import telling
from tests.feed.learned import learn, watch_all
from vitrine.feed import history, tasks, watching
from vitrine.feed.learning import anew, log, news, rebuilding, served, snapshots
from vitrine.feed.learning.tables import Learnt, Tables, places
from vitrine.feed.models import Habit, Watch
from vitrine.feed.models.watch import LEARN
from vitrine.feed.worth import Deed
from vitrine.recommend.reach import UNIT
from vitrine.safety import reporting
from vitrine.safety.things import Thing
from vitrine.videos.models import Clip, Comment, Like

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
LATER = make.NOON + timedelta(hours=1)


def mapped() -> Learnt:
    """Return what a web process finds."""
    found = served.learnt()
    assert found is not None
    return found


def pairs(of: Learnt) -> dict[tuple[int, int], int]:
    """Return the counts of tables and news together, by primary keys."""
    sums: dict[tuple[int, int], int] = {}
    tables, new = of.tables, of.news
    for line, clip in enumerate(tables.clips.tolist()):
        for at in range(tables.near_starts[line], tables.near_starts[line + 1]):
            other = int(tables.clips[tables.near_ids[at]])
            sums[clip, other] = sums.get((clip, other), 0) + int(tables.near_counts[at])
    for place, clip in enumerate(new.pair_from.tolist()):
        for at in range(new.pair_starts[place], new.pair_starts[place + 1]):
            other = int(new.pair_to[at])
            sums[clip, other] = sums.get((clip, other), 0) + int(new.pair_counts[at])
    return sums


def tallies(of: Learnt, clips: list[Clip]) -> list[tuple[int, int, float]]:
    """Return for each clip how often it was shown and stayed with, and its heat."""
    found = []
    for clip in clips:
        key = np.array([clip.pk], np.int64)
        (line,), (place,) = of.tables.lines(key), places(key, of.news.clips)
        sums = np.zeros(3)
        if line >= 0:
            sums += of.tables.shown[line], of.tables.stays[line], of.tables.heat[line]
        if place >= 0:
            sums += of.news.shown[place], of.news.stays[place], of.news.heat[place]
        found.append((int(sums[0]), int(sums[1]), float(sums[2])))
    return found


def a_little_log() -> list[Clip]:
    """Have three viewers watch six clips, each in an order of their own; one skips a few."""
    clips = [make.clip(published_at=make.NOON - timedelta(hours=n)) for n in range(6)]
    for viewer, order in (("v_a", [0, 1, 2, 3]), ("v_b", [1, 0, 4]), ("v_c", [5, 3, 1, 2])):
        watch_all([clips[n] for n in order], to=viewer)
    telling.watch(clips[5], 900, to="v_a", at=make.NOON + timedelta(minutes=1))
    return clips


def test_what_follows_a_clip_is_near_it_and_less_so_the_further_and_the_other_way() -> None:
    one, two, three = (make.clip() for _ in range(3))
    watch_all([one, two, three], to="v_a")

    rebuilding.rebuild()

    found = pairs(mapped())
    assert found[one.pk, two.pk] == UNIT
    assert found[one.pk, three.pk] == UNIT // 2
    assert found[two.pk, one.pk] == round(UNIT * 0.3)


def test_news_on_tables_come_to_what_the_next_tables_are() -> None:
    clips = a_little_log()
    rebuilding.rebuild()
    watch_all(clips[::-1], to="v_d", at=LATER)
    watch_all(clips[:3], to="v_e", at=LATER)
    late = make.clip()
    watch_all([late, clips[4]], to="v_a", at=LATER)

    learn(at=LATER)
    bit_by_bit = mapped()
    rebuilding.rebuild()
    at_once = mapped()

    assert len(bit_by_bit.news.pair_to) > 0 == len(at_once.news.pair_to)
    assert pairs(bit_by_bit) == pairs(at_once)
    found, wanted = (tallies(one, [*clips, late]) for one in (bit_by_bit, at_once))
    assert [one[:2] for one in found] == [one[:2] for one in wanted]
    warmer = [two[2] / one[2] for one, two in zip(found, wanted, strict=True)]
    assert max(warmer) == pytest.approx(min(warmer))  # cooled alike, so in the same order


def test_a_cell_begins_with_news_alone() -> None:
    clips = a_little_log()

    learn()
    bit_by_bit = mapped()
    rebuilding.rebuild()

    assert pairs(bit_by_bit) == pairs(mapped())
    assert [one[:2] for one in tallies(bit_by_bit, clips)] == [
        one[:2] for one in tallies(mapped(), clips)
    ]


def test_reports_are_learnt_once_however_they_come() -> None:
    one, two = make.clip(duration_ms=30_000), make.clip(duration_ms=30_000)
    telling.watch(one, 6_000)
    token = telling.token(two, at=LATER)
    telling.watch(two, 2_000, token=token, at=LATER)
    learn()
    before = tallies(mapped(), [one, two])

    telling.watch(two, 9_000, token=token, sequence=1, at=LATER)
    telling.watch(two, 9_000, token=token, sequence=1, at=LATER)
    telling.watch(two, 12_000, token=token, sequence=2, at=LATER)
    learn()
    learn()

    assert [found[:2] for found in before] == [(1, 1), (1, 0)]
    assert [found[:2] for found in tallies(mapped(), [one, two])] == [(1, 1), (1, 1)]
    assert pairs(mapped())[one.pk, two.pk] == UNIT


def test_a_report_whose_transaction_was_slow_is_learnt_when_it_is_there() -> None:
    clips = [make.clip() for _ in range(3)]
    watch_all(clips, to="v_a")
    now_s = int(make.NOON.timestamp())
    known = news.latest(now_s=now_s)
    first, second, third = news._reports(known, *news._days(make.NOON))

    early = news.with_reports(known, [first, third], now_s=now_s)
    whole = news.with_reports(early, [second], now_s=now_s + 1)

    assert early.late.tolist() == [second.id]
    assert whole.late.tolist() == []
    assert whole.shown.tolist() == [1, 1, 1]
    assert news.with_reports(early, [], now_s=now_s + news.LATE_S).late.tolist() == []


def test_the_same_log_gives_the_same_files(learnt_folder: Path) -> None:
    a_little_log()

    first = rebuilding.rebuild()
    content = {path.name: path.read_bytes() for path in (learnt_folder / first).glob("*.npy")}
    learn()
    second = rebuilding.rebuild()

    assert second == first
    assert content.keys() == {f"{name}.npy" for name in Tables.names()}
    assert content == {p.name: p.read_bytes() for p in (learnt_folder / second).glob("*.npy")}


def test_what_was_forgotten_is_not_learnt_again() -> None:
    viewer = make.person()
    one, two = make.clip(), make.clip()
    for clip in (one, two):
        telling.watch(clip, to=viewer.public_id, viewer=viewer)
    rebuilding.rebuild()
    assert pairs(mapped())

    history.forget(viewer, at=LATER)
    rebuilding.rebuild()

    assert pairs(mapped()) == {}
    assert mapped().tables.shown.tolist() == [0, 0]


def test_nothing_is_learnt_of_who_does_not_want_it_nor_of_own_clips() -> None:
    paused, unprofiled, maker = make.person(), make.person(), make.person()
    Habit.pause(paused, at=make.NOON)
    Habit.unprofile(unprofiled, at=make.NOON)
    clips = [make.clip(maker), make.clip(maker)]
    for viewer in (paused, unprofiled, maker):
        for clip in clips:
            telling.watch(clip, to=viewer.public_id, viewer=viewer)

    learn()
    rebuilding.rebuild()

    assert pairs(mapped()) == {}
    assert mapped().tables.shown.tolist() == [0, 0]
    assert news.latest(now_s=0).shown.tolist() == []


def test_the_log_knows_what_else_a_viewer_did() -> None:
    viewer, maker = make.person(), make.person()
    clip = make.clip(maker)
    telling.watch(clip, to=viewer.public_id, viewer=viewer, taps=1, shares=1)
    Like.give(clip, by=viewer, at=make.NOON)
    viewer.follow(maker, at=make.NOON)
    watching.hide(clip, key=viewer.public_id, at=make.NOON)

    (deeds,) = log.read().deeds

    wanted = Deed.LIKED | Deed.FOLLOWS | Deed.TAPPED | Deed.SHARED | Deed.HIDDEN
    assert Deed(deeds) == wanted


def test_a_report_and_a_comment_are_in_the_log_of_who_made_them() -> None:
    viewer, clip = make.person(), make.clip()
    for key in (viewer.public_id, "v_visitor", "v_other"):
        telling.watch(clip, to=key)
    thing = Thing.of(clip)
    reporting.report(thing, by=viewer, reason="spam", note="", at=make.NOON)
    reporting.report(thing, by=None, visitor="v_visitor", reason="spam", note="", at=make.NOON)
    Comment.objects.create(clip=clip, author=viewer, text="Lovely", at=make.NOON)

    deeds = log.read().deeds.tolist()

    assert sorted(deeds) == [0, Deed.REPORTED, Deed.REPORTED | Deed.COMMENTED]


def test_what_is_told_has_one_job_waiting() -> None:
    for clip in (make.clip(), make.clip()):
        telling.watch(clip)

    jobs = ProcrastinateJob.objects.filter(task_name=LEARN, status="todo")
    assert [(job.queue_name, job.lock, job.queueing_lock) for job in jobs] == [
        ("learn", LEARN, LEARN)
    ]


def test_the_job_that_a_report_orders_has_pages_of_others_know_of_it_at_once() -> None:
    """One commit, one job that waits for nothing, one name that each page looks for."""
    clip = make.clip()
    before = served.learnt()

    telling.watch(clip)
    job = ProcrastinateJob.objects.get(task_name=LEARN, status="todo")
    tasks.learn()

    assert (job.scheduled_at, before) == (None, None)
    new = mapped().news
    assert new.shown[places(np.array([clip.pk], np.int64), new.clips)].tolist() == [1]
    assert tasks.GATHERED_S < 1


def test_tables_are_built_where_there_is_something_new_and_not_at_once_after_a_failure(
    learnt_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_due() -> bool:
        return anew.is_due(at=timezone.now())

    nothing = is_due()
    a_little_log()
    log_alone = is_due()
    rebuilding.rebuild()
    just_built = is_due()
    telling.watch(make.clip())
    watched_on = is_due()
    monkeypatch.setattr(anew, "COMMAND", ("-c", "raise SystemExit(3)"))
    with pytest.raises(anew.Failed):
        anew.build()
    failed = is_due()
    name = rebuilding.rebuild()
    os.utime(learnt_folder / name / snapshots.MANIFEST, (1, 1))

    assert [nothing, log_alone, just_built, watched_on, failed] == [False, True, False, True, False]
    assert is_due(), "what was forgotten is forgotten within a day"


def test_damage_has_tables_built_by_one_job() -> None:
    a_little_log()
    snapshots.tell_damage()

    tasks.learn()
    tasks.learn()

    assert ProcrastinateJob.objects.filter(task_name="feed.build", status="todo").count() == 1
    assert anew.is_due(at=timezone.now())


def test_a_rush_has_tables_built_again_once_four_times_as_long_has_passed_as_it_took(
    learnt_folder: Path,
) -> None:
    a_little_log()
    first = anew.is_rested(at=timezone.now())
    snapshots.tell_beginning()
    made_s = (learnt_folder / rebuilding.rebuild() / snapshots.MANIFEST).stat().st_mtime
    made_at = datetime.fromtimestamp(made_s, UTC)

    def rested(after_s: float, *, took_s: float) -> bool:
        os.utime(learnt_folder / snapshots.BEGAN, (made_s - took_s, made_s - took_s))
        return anew.is_rested(at=made_at + timedelta(seconds=after_s))

    assert first
    assert [rested(299, took_s=1), rested(301, took_s=1)] == [False, True]
    assert [rested(399, took_s=100), rested(401, took_s=100)] == [False, True]
    snapshots.tell_damage()
    assert rested(1, took_s=100)


def test_news_that_are_full_count_no_pairs_until_tables_are_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clips = [make.clip() for _ in range(4)]
    watch_all(clips[:2], to="v_first")
    learn()
    known = pairs(mapped())
    monkeypatch.setattr(news, "MOST_PAIRS", 1)

    watch_all(clips[2:], to="v_second")
    wants_tables = news.learn(at=make.NOON)

    assert wants_tables
    assert known
    assert pairs(mapped()) == known
    assert [shown for shown, *_ in tallies(mapped(), clips)] == [1, 1, 1, 1]
    rebuilding.rebuild()
    assert pairs(mapped()).keys() > known.keys()


def test_learning_looks_at_the_days_that_may_have_been_reported_and_at_no_other() -> None:
    a_little_log()
    learn()
    with CaptureQueriesContext(connection) as queries:
        learn()
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_viewing_make(current_date + n) FROM generate_series(2, 6) AS n")
        cursor.execute("EXPLAIN " + queries.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "feed_telling_rest" in plan
    assert "feed_telling_d" not in plan


def test_learning_asks_twice(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_little_log()

    with django_assert_num_queries(2):
        learn()
    with django_assert_num_queries(1):
        learn()


def test_a_watch_stays_from_the_report_that_made_it_long_enough() -> None:
    clip = make.clip(duration_ms=20_000)
    token = telling.token(clip)
    for sequence, ms in enumerate((3_000, 6_000, 9_000)):
        telling.watch(clip, ms, token=token, sequence=sequence)

    assert Watch.objects.get().stayed_at == make.NOON + timedelta(seconds=6)


def test_what_serves_pages_loads_no_compiler() -> None:
    root = Path(__file__).resolve().parents[2]
    loads = "import sys, django; django.setup(); import vitrine.urls"

    found = subprocess.run(
        [sys.executable, "-c", f"{loads}; print('numba' in sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert found.strip() == "False"
