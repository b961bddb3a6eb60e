"""For you, once something is learnt: each page knows the last swipe."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed import telling
from tests.feed.learned import learn, watch_all
from vitrine.accounts import stand_in
from vitrine.accounts.models import Block, Person
from vitrine.feed import history, serving, unseen, watching
from vitrine.feed.learning import rebuilding, served, snapshots
from vitrine.feed.learning.tables import NOTHING, Tables
from vitrine.feed.models import Habit, Slate, Watch
from vitrine.feed.models.slate import Logged
from vitrine.feed.ranking import Reason
from vitrine.surfaces.watch import articles
from vitrine.videos.models import Clip, Visibility

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
NOBODY = AnonymousUser()
KEY = "v_visitor"
OLD = make.NOON - timedelta(days=20)
"""Long ago: not new, so that what is personal decides."""


def page(key: str = KEY, viewer: object = NOBODY, size: int = 10) -> list[serving.Served]:
    """Serve a page."""
    return serving.next_clips(key, viewer, size=size, at=make.NOON)  # type: ignore[arg-type]


def kinds(*names: str, each: int = 12) -> dict[str, list[Clip]]:
    """Make clips of some kinds, and viewers who watch one kind each, in orders of their own."""
    dice = random.Random(5)
    made = {
        name: [make.clip(published_at=OLD - timedelta(minutes=n)) for n in range(each)]
        for name in names
    }
    for name, clips in made.items():
        for viewer in range(6):
            order = dice.sample(clips, len(clips))
            watch_all(order, to=f"v_{name}{viewer}", at=OLD)
    return made


def of(kind: Sequence[Clip], shown: Sequence[serving.Served]) -> int:
    """Count the clips of a kind on a page."""
    keys = {clip.pk for clip in kind}
    return sum(one.clip in keys for one in shown)


@pytest.mark.parametrize("is_built", [False, True])
def test_three_watches_of_one_kind_change_the_next_page(is_built: bool) -> None:
    made = kinds("lamps", "boats")
    rebuilding.rebuild() if is_built else learn()

    watch_all(made["boats"][:3], to="v_sailor")
    watch_all(made["lamps"][:3], to="v_reader")

    sailor, reader = page("v_sailor"), page("v_reader")
    assert of(made["boats"], sailor) >= 7
    assert of(made["lamps"], reader) >= 7
    assert Reason.ALIKE in {one.reason for one in sailor}


def test_the_very_next_page_knows_a_watch_that_nobody_learnt_yet() -> None:
    made = kinds("lamps", "boats")
    learn()
    key = "v_sailor"
    first = page(key, size=4)
    watching.take_back(key=key)

    watch_all([*made["boats"][:3]], to=key)

    assert of(made["boats"], page(key, size=6)) >= 4
    assert len(first) == 4


def test_what_is_of_no_interest_takes_its_kind_away() -> None:
    made = kinds("lamps", "boats")
    learn()
    watch_all(made["lamps"][:2], to=KEY)
    for clip in made["boats"][:2]:
        watching.hide(clip, key=KEY, at=make.NOON)

    assert of(made["boats"], page()) <= 3


def test_what_was_published_a_moment_ago_is_there_though_nothing_learnt_of_it() -> None:
    kinds("lamps")
    rebuilding.rebuild()
    new = make.clip(published_at=make.NOON)

    shown = [page(f"v_{n}") for n in range(10)]

    assert sum(new.pk in {one.clip for one in each} for each in shown) >= 5


def test_nothing_comes_twice_until_nothing_is_left() -> None:
    made = kinds("lamps", "boats")
    rebuilding.rebuild()
    everything = {clip.pk for clips in made.values() for clip in clips}

    shown: list[int] = []
    while found := page():
        shown += [one.clip for one in found]
        watch_all([Clip.objects.get(pk=one.clip) for one in found[:2]], to=KEY)

    assert len(shown) == len(set(shown))
    assert set(shown) == everything


@pytest.fixture
def few_freshest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read no more than five of the freshest clips, in this test alone."""
    monkeypatch.setattr(unseen, "MOST", 5)
    stand_in._compiled.cache_clear()
    yield
    stand_in._compiled.cache_clear()


@pytest.mark.usefixtures("few_freshest")
def test_named_clips_beyond_the_freshest_are_found_and_only_those_that_may_be_shown(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = kinds("boats")
    boats = made["boats"]
    rebuilding.rebuild()
    for n in range(8):
        make.clip(published_at=make.NOON - timedelta(hours=n))
    viewer = make.person()
    watch_all(boats[:3], to=viewer.public_id)
    boats[3].delete(at=make.NOON)
    Clip.objects.filter(pk=boats[4].pk).update(visibility=Visibility.PRIVATE)
    Block.put(by=viewer, on=boats[5].creator, at=make.NOON)
    served.learnt()

    with django_assert_num_queries(3):
        shown = {one.clip for one in page(viewer.public_id, viewer, size=20)}

    assert not shown & {clip.pk for clip in boats[:6]}
    assert {clip.pk for clip in boats[6:]} <= shown


@pytest.mark.usefixtures("few_freshest")
def test_a_page_costs_four_queries_with_clips_that_nobody_was_shown_lately(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    kinds("boats", each=20)
    rebuilding.rebuild()
    visitor = Client()
    visitor.get("/")
    served.learnt()
    articles.forget()

    with django_assert_num_queries(4):  # before whom, which of those named, serve and log, draw
        html = visitor.get("/for-you/more?from=1", headers={"HX-Request": "true"}).content.decode()

    assert html.count("<article") == 10


def test_a_small_cell_asks_twice(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    kinds("lamps")
    learn()
    served.learnt()

    with django_assert_num_queries(2):
        page()


def test_of_what_was_watched_only_what_tables_do_not_know_is_read(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    secret = make.clip(visibility=Visibility.UNLISTED)  # with a lower number than the tables' last
    boats = kinds("boats")["boats"]
    rebuilding.rebuild()
    later = make.clip()
    viewer = make.person()
    viewer.follow(boats[1].creator, at=make.NOON)
    watch_all([*boats[:3], later], to=viewer.public_id)
    learnt = served.learnt()
    assert learnt is not None

    def past(tables: Tables) -> list[unseen.Past]:
        return unseen.past(viewer.public_id, viewer, tables=tables)

    with django_assert_num_queries(1):
        assert past(learnt.tables) == past_of(boats[1].creator, later, *boats[2::-1])
    watch_all([secret], to=viewer.public_id, at=make.NOON + timedelta(hours=1))
    with django_assert_num_queries(2):
        assert past(learnt.tables) == past_of(boats[1].creator, secret, later, *boats[2::-1])
    assert past(learnt.tables) == past(NOTHING)


def past_of(followed: Person, *clips: Clip) -> list[unseen.Past]:
    """Say what was watched, the latest first, from the clips themselves."""
    return [
        unseen.Past(
            clip.pk, clip.creator_id, 6_000, False, False, clip.creator_id == followed.pk, False,
            clip.duration_ms,
        )
        for clip in clips
    ]  # fmt: skip


def test_who_keeps_no_history_or_wants_no_profile_is_shown_what_all_are() -> None:
    made = kinds("lamps", "boats")
    rebuilding.rebuild()
    one, two = make.person(), make.person()
    watch_all(made["boats"][:3], to=one.public_id)
    watch_all(made["boats"][:3], to=two.public_id)
    two.follow(made["lamps"][5].creator, at=make.NOON)
    Habit.pause(one, at=make.NOON)
    Habit.unprofile(two, at=make.NOON)

    pages = [[s.clip for s in page(person.public_id, person)] for person in (one, two)]

    assert pages[0] == pages[1]
    assert not Slate.objects.exists()


def test_each_page_is_logged_with_its_chances() -> None:
    kinds("lamps")
    learn()

    shown = page(size=6)

    slate = Slate.objects.get()
    assert slate.clips == [one.clip for one in shown]
    assert (slate.viewer, slate.served_at, len(slate.turns)) == (KEY, make.NOON, 6)
    assert all(0 < chance <= 1 for chance in slate.chances)
    assert set(slate.turns) <= set("rnc")
    assert slate.version == snapshots.current().news


def test_a_page_of_news_on_tables_is_logged_with_their_name() -> None:
    made = kinds("lamps")
    rebuilding.rebuild()
    watch_all(made["lamps"][:3], to="v_sailor")
    learn()

    page("v_sailor")

    served = snapshots.current()
    assert served.base
    assert served.news
    assert Slate.objects.get().version == served.news


def test_what_another_page_took_is_not_logged() -> None:
    clips = [make.clip() for _ in range(3)]
    Watch.objects.serve([clips[1].pk], to=KEY, at=make.NOON)
    logged = Logged(
        "v", [c.pk for c in clips], "rnc", [0.9, 0.8, 0.7], [3.0, 2.0, 1.0], "wnf", [7, 0, 0],
        [b"one", b"two", b"six"],
    )  # fmt: skip

    got = Watch.objects.serve([c.pk for c in clips], to=KEY, at=make.NOON, logged=logged)

    slate = Slate.objects.get()
    assert got == {clips[0].pk, clips[2].pk}
    assert slate.clips == [clips[0].pk, clips[2].pk]
    assert (slate.turns, slate.chances, slate.worths) == ("rc", [0.9, 0.7], [3.0, 1.0])
    assert (slate.whys, slate.causes) == ("wf", [7, 0])
    assert bytes(slate.signs) == b"onesix"


@pytest.mark.parametrize("forget", ["all", "one", "start over", "age"])
def test_pages_are_forgotten_with_what_was_watched(forget: str) -> None:
    kinds("lamps")
    learn()
    viewer = make.person()
    (first, *_) = page(viewer.public_id, viewer)
    clip = Clip.objects.get(pk=first.clip)
    telling.watch(clip, to=viewer.public_id, viewer=viewer)

    if forget == "start over":
        watching.start_over(key=viewer.public_id, at=make.NOON)
    elif forget == "age":
        watching.forget(before=make.NOON + timedelta(seconds=1))
    else:
        history.forget(viewer, clip=clip if forget == "one" else None, at=make.NOON)

    assert not Slate.objects.filter(viewer=viewer.public_id).exists()


def test_a_damaged_file_is_not_used_and_built_anew(learnt_folder: Path) -> None:
    made = kinds("lamps", "boats")
    name = rebuilding.rebuild()
    path = learnt_folder / name / "near_counts.npy"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)

    shown = page(size=4)

    assert len(shown) == 4
    assert served.learnt() is None
    assert snapshots.is_damaged()
    rebuilding.rebuild()
    watch_all(made["boats"][:3], to="v_sailor")
    assert of(made["boats"], page("v_sailor")) >= 7
    assert not snapshots.is_damaged()


def test_a_learner_that_is_long_gone_leaves_a_feed_that_works() -> None:
    made = kinds("lamps", "boats")
    rebuilding.rebuild()
    gone, new = made["boats"][3], [make.clip(published_at=make.NOON) for _ in range(3)]
    gone.delete(at=make.NOON)
    watch_all(made["boats"][:3], to=KEY)

    shown = {one.clip for one in page(size=15)}

    assert gone.pk not in shown
    assert shown & {clip.pk for clip in new}
    assert of(made["boats"], [*page("v_else", size=1)]) <= 1


def test_a_new_viewer_is_shown_what_is_well_received() -> None:
    loved, ignored = ([make.clip(published_at=OLD) for _ in range(10)] for _ in range(2))
    for n in range(30):
        watch_all(loved, to=f"v_{n}", ms=8_000)
        for clip in ignored:
            telling.watch(clip, 600, to=f"v_{n}")
    rebuilding.rebuild()

    shown = [page(f"v_new{n}") for n in range(5)]

    assert sum(of(loved, each) for each in shown) >= 35


def test_a_page_logs_which_watch_led_to_what() -> None:
    boats = kinds("boats")["boats"]
    learn()
    watch_all(boats[:2], to="v_sailor")

    shown = page("v_sailor", size=5)

    slate = Slate.objects.get(viewer="v_sailor")
    named = {cause for cause in slate.causes if cause}
    assert len(slate.whys) == len(slate.causes) == len(shown)
    assert named
    assert named <= {clip.pk for clip in boats[:2]}
    for letter, cause in zip(slate.whys, slate.causes, strict=True):
        assert bool(cause) == (letter in "wams")


def test_what_a_skip_speaks_against_is_no_reason_for_all_else() -> None:
    made = kinds("boats", "lamps")
    learn()
    for clip in made["boats"][:2]:
        telling.watch(clip, 300, to="v_lubber")

    page("v_lubber", size=10)

    slate = Slate.objects.get(viewer="v_lubber")
    assert len(slate.whys) == 10
    assert not set(slate.whys) & set("wams")
    assert not any(slate.causes)
