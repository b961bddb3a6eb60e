"""What clips say that they are of, and viewers who stay with some of it and not with other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make
from tests.feed import telling
from tests.feed.learned import learn, watch_all
from vitrine.feed import history, retrieval, serving, tastes, unseen, watching, weights
from vitrine.feed.learning import rebuilding, served
from vitrine.feed.learning.tables import NOTHING, Learnt, penalty, places
from vitrine.feed.models import Habit, Slate
from vitrine.recommend.arrays import Floats
from vitrine.videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
NOBODY = AnonymousUser()
OLD = make.NOON - timedelta(days=20)
LATER = make.NOON + timedelta(hours=1)


def tagged(words: str, count: int) -> list[Clip]:
    """Make clips, each by somebody else, with a description."""
    return [make.clip(description=f"Look {words} #all", published_at=OLD) for _ in range(count)]


def loved(clips: Sequence[Clip], *, by: int = 12) -> None:
    """Have some viewers watch clips to their end."""
    for n in range(by):
        watch_all(clips, to=f"v_{n}", ms=9_000, at=OLD)


def learnt() -> Learnt:
    """Return what a web process finds."""
    found = served.learnt()
    assert found is not None
    return found


def page(key: str, *, size: int = 10, viewer: object = NOBODY) -> set[int]:
    """Serve a page."""
    shown = serving.next_clips(key, viewer, size=size, at=make.NOON)  # type: ignore[arg-type]
    return {one.clip for one in shown}


def keys(clips: Sequence[Clip]) -> set[int]:
    """Return the primary keys."""
    return {clip.pk for clip in clips}


def told(of: Learnt, clip: Clip) -> list[int]:
    """Return the topics of a clip that is among the news."""
    numbers, _ = of.news.said_of.at(places(np.array([clip.pk], np.int64), of.news.out))
    return sorted(numbers.tolist())


def vectors(of: Learnt, clips: Sequence[Clip]) -> Floats:
    """Return the vectors of clips, of length one."""
    found = of.tables.vectors[of.tables.lines(np.array([clip.pk for clip in clips], np.int64))]
    return np.asarray(found / np.linalg.norm(found, axis=1)[:, None])


def test_news_and_tables_call_what_a_clip_is_of_the_same() -> None:
    clips = [*tagged("#Kelp", 1), *tagged("#ＫＥＬＰ #kelp", 1), *tagged("#boats", 8)]
    watch_all(clips, to="v_a")

    learn()
    of = learnt()
    rebuilding.rebuild()

    assert len(told(of, clips[0])) == 3  # its language, #kelp and #all
    assert told(of, clips[0]) == told(of, clips[1]) != told(of, clips[2])
    (kelp,) = set(told(of, clips[0])) - set(told(of, clips[2]))
    assert learnt().tables.topics.tolist() == [kelp]  # what is on most clips tells none apart


def test_what_came_out_after_tables_were_built_is_known_with_the_next_report() -> None:
    kelp, boats = tagged("#kelp", 4), tagged("#boats", 4)
    watch_all([*kelp, *boats, *tagged("", 20)], to="v_a")
    rebuilding.rebuild()
    new = make.clip(description="#kelp #all", published_at=LATER)
    assert told(learnt(), new) == []

    watch_all([new], to="v_b", at=LATER)
    learn(at=LATER)

    assert len(told(learnt(), new)) == 3
    rows = unseen.standing("v_c", NOBODY, tables=NOTHING, at=LATER).freshest
    judged = retrieval.judged(learnt(), rows, at_s=LATER.timestamp())
    vector = judged.vectors[judged.at(np.array([new.pk]))[0]]
    near = vectors(learnt(), [*kelp, *boats]) @ vector
    assert near[:4].min() > near[4:].max()


def test_shouting_hashtags_is_no_use_beyond_the_tenth() -> None:
    clip = make.clip(description=" ".join(f"#word{n:02}" for n in range(30)), published_at=OLD)
    watch_all([clip], to="v_a")

    learn()

    assert len(told(learnt(), clip)) == 11


def test_clips_that_nobody_watched_are_where_those_are_that_say_the_same() -> None:
    boats, lamps = tagged("#boats", 6), tagged("#lamps", 6)
    of_one = [make.clip(boats[0].creator, published_at=OLD) for _ in range(2)]
    rest = [make.clip(published_at=OLD) for _ in range(40)]
    watch_all([*boats[:3], *rest[:3]], to="v_a")

    rebuilding.rebuild()

    found = vectors(learnt(), [*boats, *lamps, *of_one])
    like = found @ found.T
    assert like[3, 4:6].min() > 0.8
    assert like[9, 10:12].min() > 0.8
    assert like[12, 13] > 0.8
    assert like[3:6, 6:12].max() < 0.3


def test_the_fewer_clips_there_are_the_more_their_vectors_are_held() -> None:
    sizes = (12, 1_600, 6_400, 200_000, 2_000_000)

    assert [penalty(size) for size in sizes] == [0.02, 0.02, 0.01, 0.003, 0.003]


def test_who_skips_forty_of_a_kind_is_not_shown_the_forty_first() -> None:
    boats, lamps = tagged("#boats", 48), tagged("#lamps", 12)
    loved(boats)  # everybody else does, so that all but their own skips speaks for it
    rebuilding.rebuild()
    at = make.NOON - timedelta(minutes=10)
    for clip in boats[:40]:
        telling.watch(clip, 700, to="v_lubber", at=at)

    shown = page("v_lubber", size=8)

    ranked = {
        clip
        for slate in Slate.objects.filter(viewer="v_lubber")
        for clip, turn in zip(slate.clips, slate.turns, strict=True)
        if turn == "r"
    }
    assert not ranked & keys(boats)
    assert len(shown & keys(lamps)) >= 6


def test_the_very_next_page_follows_who_changes() -> None:
    boats, lamps = tagged("#boats", 40), tagged("#lamps", 40)
    loved([*boats, *lamps])
    rebuilding.rebuild()
    at = watch_all(boats[:20], to="v_a", ms=9_000, at=make.NOON - timedelta(hours=2))
    before = page("v_a")
    watching.take_back(key="v_a")

    for n, clip in enumerate(boats[20:28]):
        telling.watch(clip, 700, to="v_a", at=at + timedelta(minutes=n))
    watch_all(lamps[:4], to="v_a", ms=9_000, at=at + timedelta(minutes=20))
    after = page("v_a")

    assert len(before & keys(boats)) >= 6
    assert len(after & keys(lamps)) >= 6


def test_kinds_that_are_liked_name_clips_that_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    boats, lamps = tagged("#boats", 12), tagged("#lamps", 60)
    loved(boats[6:], by=1)
    loved(lamps, by=8)
    rebuilding.rebuild()
    watch_all(boats[:3], to="v_sailor", ms=9_000)
    known = learnt()
    standing = unseen.standing("v_sailor", NOBODY, tables=known.tables, at=make.NOON)
    few = unseen.Standing([], standing.past)
    monkeypatch.setattr(retrieval, "NEW_ONES", 0)
    cold = replace(
        known,
        tables=replace(known.tables, hottest=known.tables.hottest[:0]),
        news=replace(known.news, heat=known.news.heat * 0),
    )

    named = retrieval.named(cold, few, at_s=make.NOON.timestamp(), dice=np.random.default_rng(1))

    assert keys(boats[6:]) <= set(named.clips.tolist())
    assert not keys(boats[:3]) & set(named.clips.tolist())


@pytest.mark.parametrize("how", ["unprofiled", "paused", "forgotten"])
def test_tastes_go_with_what_was_watched(how: str) -> None:
    boats, lamps = tagged("#boats", 12), tagged("#lamps", 12)
    loved([*boats, *lamps], by=2)
    rebuilding.rebuild()
    viewer, other = make.person(), make.person()
    for person in (viewer, other):
        watch_all(boats[:3], to=person.public_id, ms=9_000)

    if how == "forgotten":
        history.forget(viewer, clip=None, at=make.NOON)
        standing = unseen.standing(viewer.public_id, viewer, tables=NOTHING, at=make.NOON)
        assert not standing.past
    else:
        for person in (viewer, other):
            (Habit.unprofile if how == "unprofiled" else Habit.pause)(person, at=make.NOON)
        pages = [page(one.public_id, viewer=one, size=6) for one in (viewer, other)]
        assert pages[0] == pages[1]


def said_of_their_kind(*, stayed: Sequence[bool], worth: float, usual: float) -> float:
    """Return what watches of one kind, the latest first, say of another clip of it."""
    own, others = np.ones((len(stayed), 4), np.float32), np.full(len(stayed), usual)
    told = tastes.told(np.array(stayed), np.full(len(stayed), worth), others)
    found, _ = tastes.of(own[:1], own, told, others)
    return float(found[0])


def test_few_watches_say_little_and_many_say_much() -> None:
    one, three, ten, forty = (
        said_of_their_kind(stayed=[False] * skips, worth=-0.05, usual=0.5)
        for skips in (1, 3, 10, 40)
    )

    assert -0.8 < one < 0
    assert forty < ten < three < one
    assert forty < -2


def test_leaving_what_everybody_leaves_says_hardly_anything() -> None:
    left = said_of_their_kind(stayed=[False], worth=-0.05, usual=0.02)
    left_alone = said_of_their_kind(stayed=[False], worth=-0.05, usual=0.9)

    assert left > 0.1 * left_alone
    assert -0.05 < left < 0


def test_who_stays_gladly_says_more_than_who_stays_and_a_like_as_much_as_staying_longest() -> None:
    long, middle, short, liked = (
        said_of_their_kind(stayed=[True], worth=worth, usual=0.4) for worth in (0.5, 0.3, 0.2, 1.2)
    )

    assert liked == long > middle > short
    assert middle == pytest.approx(0.6 / np.sqrt(weights.PRIOR_TASTE + 0.24), rel=1e-5)


def test_lately_forgets_what_was_long_ago() -> None:
    own, usual = np.ones((60, 4), np.float32), np.full(60, 0.5)
    stayed = np.arange(60) >= 30  # the latest thirty were skipped, all before them watched
    told = tastes.told(stayed, np.where(stayed, 0.25, -0.05), usual)

    long, lately = tastes.of(own[:1], own, told, usual)

    assert long[0] == pytest.approx(0, abs=1e-6)
    assert lately[0] < -1


def test_watches_say_nothing_of_clips_unlike_them_nor_of_those_without_a_vector() -> None:
    own = np.array([[1, 0], [1, 0]], np.float32)
    those = np.array([[0, 1], [-1, 0], [0, 0]], np.float32)

    long, lately = tastes.of(those, own, np.full(2, -0.5), np.full(2, 0.5))

    assert not long.any()
    assert not lately.any()
