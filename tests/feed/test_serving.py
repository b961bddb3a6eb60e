"""Each clip to each viewer at most once."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make, races
from tests.feed import telling
from vitrine.accounts.models import Person
from vitrine.feed import popularity, serving, tasks, unseen, watching
from vitrine.feed.learning.tables import NOTHING
from vitrine.feed.models import Watch
from vitrine.videos.models import Clip, Like, Viewer, Visibility

NOBODY = AnonymousUser()
KEY = "v_visitor"


def served(
    key: str = KEY, viewer: Viewer = NOBODY, size: int = 10, at: datetime = make.NOON
) -> list[int]:
    """Serve once and return the clips' primary keys."""
    return [s.clip for s in serving.next_clips(key, viewer, size=size, at=at)]


@pytest.mark.django_db
def test_a_viewer_is_never_served_a_clip_twice_and_at_last_nothing() -> None:
    maker = make.person()
    clips = {make.clip(maker).pk for _ in range(23)}

    pages = [served() for _ in range(4)]

    assert [len(page) for page in pages] == [10, 10, 3, 0]
    assert {pk for page in pages for pk in page} == clips


@pytest.mark.django_db
def test_two_viewers_are_served_the_same_clips_each_once() -> None:
    clips = {make.clip().pk for _ in range(3)}

    assert set(served("v_one")) == set(served("v_two")) == clips


@pytest.mark.django_db
def test_only_what_a_viewer_may_see_unasked_is_served() -> None:
    maker, follower = make.person(), make.person()
    follower.follow(maker, at=make.NOON)
    public = make.clip(maker)
    for_followers = make.clip(maker, visibility=Visibility.FOLLOWERS)
    make.clip(maker, visibility=Visibility.UNLISTED)
    make.clip(maker, visibility=Visibility.PRIVATE)
    make.clip(maker, draft=True)
    make.clip(maker).delete(at=make.NOON)

    assert served() == [public.pk]
    assert set(served(follower.public_id, follower)) == {public.pk, for_followers.pk}


@pytest.mark.django_db
def test_nobody_is_served_own_clips() -> None:
    maker = make.person()
    make.clip(maker)
    other = make.clip()

    assert served(maker.public_id, maker) == [other.pk]


@pytest.mark.django_db
def test_a_served_clip_knows_what_the_viewer_has_done_with_it() -> None:
    maker, viewer = make.person(), make.person()
    viewer.follow(maker, at=make.NOON)
    clip = make.clip(maker)
    Like.give(clip, by=viewer, at=make.NOON)

    (only,) = serving.next_clips(viewer.public_id, viewer, size=10, at=make.NOON)

    assert (only.is_liked, only.is_followed) == (True, True)


@pytest.mark.django_db
def test_serving_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make.clip()
    viewer = make.person()
    popularity.receptions(at=make.NOON)

    with django_assert_num_queries(2):
        serving.next_clips(viewer.public_id, viewer, size=10, at=make.NOON)


@pytest.mark.django_db(transaction=True)
def test_two_pages_asked_for_at_once_share_no_clip() -> None:
    for _ in range(12):
        make.clip()
    popularity.receptions(at=make.NOON)

    pages = races.winners(races.race(4, lambda _: served(size=10)))

    shown = [pk for page in pages for pk in page]
    assert len(shown) == len(set(shown))
    assert Watch.objects.filter(viewer=KEY).count() == len(shown)


@pytest.mark.django_db
def test_a_clip_that_never_came_on_screen_may_come_again() -> None:
    seen, unseen = make.clip(), make.clip()
    served()
    telling.watch(seen, 1_200)

    watching.take_back([seen.public_id, unseen.public_id], key=KEY)

    assert served() == [unseen.pk]


@pytest.mark.django_db
def test_what_was_in_an_answer_that_was_lost_comes_again_and_nothing_else() -> None:
    clips = {make.clip().pk for _ in range(6)}
    watched, left, *lost = (
        served(size=1, at=make.NOON + timedelta(seconds=second))[0] for second in range(4)
    )
    seen_elsewhere = served(size=1, at=make.NOON + timedelta(seconds=4))
    for clip in (watched, *seen_elsewhere):
        telling.watch(Clip.objects.get(pk=clip), 1_200)
    last = Clip.objects.get(pk=left).public_id

    assert watching.take_back_after(last, key="v_other") == 0
    assert watching.take_back_after("us_none", key=KEY) == 0
    assert watching.take_back_after(last, key=KEY) == 2

    assert set(served()) == {*lost, *clips} - {watched, left, *seen_elsewhere}


@pytest.mark.django_db
def test_a_feed_opened_anew_says_that_all_was_seen_only_when_it_was() -> None:
    seen, unseen = make.clip(), make.clip()
    served()
    telling.watch(seen, 1_200)
    watching.hide(make.clip(), key=KEY, at=make.NOON)

    def opened() -> list[int]:
        found = serving.opening_clips(KEY, NOBODY, size=10, at=make.NOON)
        return [one.clip for one in found]

    assert opened() == [unseen.pk]
    assert served() == []
    telling.watch(unseen, 1_200)
    assert opened() == []


@pytest.mark.django_db
def test_starting_over_brings_everything_back_but_what_is_hidden() -> None:
    liked, disliked = make.clip(), make.clip()
    served()
    watching.hide(disliked, key=KEY, at=make.NOON)

    watching.start_over(key=KEY, at=make.NOON)

    assert served() == [liked.pk]


@pytest.mark.django_db
def test_what_was_watched_is_forgotten_after_its_time() -> None:
    old, recent = make.clip(), make.clip()
    for clip, days in ((old, 31), (recent, 29)):
        Watch.objects.create(viewer=KEY, clip=clip, served_at=make.NOON - timedelta(days=days))

    assert watching.forget(before=make.NOON - tasks.KEPT) == 1

    assert [watch.clip for watch in Watch.objects.all()] == [recent]


@pytest.mark.django_db
def test_the_query_that_is_compiled_once_answers_as_the_one_in_words() -> None:
    viewer, maker = make.person(), make.person()
    viewer.follow(maker, at=make.NOON)
    clips = [make.clip(maker, visibility=v) for v in Visibility] + [make.clip(viewer)]
    Like.give(clips[0], by=viewer, at=make.NOON)
    watching.hide(make.clip(), key=viewer.public_id, at=make.NOON)

    make.clip(is_mature=True)
    young = make.person(born_on=timezone.localdate() - timedelta(days=15 * 365))
    adult = make.person(born_on=date(1990, 1, 1))

    everything = list(Clip.objects.values_list("pk", flat=True))
    for who in (viewer, young, adult, NOBODY):
        key = who.public_id if isinstance(who, Person) else KEY
        assert unseen.standing(key, who, tables=NOTHING, at=make.NOON).freshest == list(
            unseen.freshest(who, key)
        )
        found = unseen.among(everything, key, who)
        assert sorted(found) == sorted(unseen.query(who, key))


@pytest.mark.django_db
def test_what_a_viewer_did_is_read_with_the_freshest_the_latest_first() -> None:
    maker, viewer = make.person(), make.person()
    first, second, third = (make.clip(maker) for _ in range(3))
    for minutes, clip in enumerate((first, second)):
        at = make.NOON + timedelta(minutes=minutes)
        telling.watch(clip, 4_000, to=viewer.public_id, viewer=viewer, at=at)
    Like.give(first, by=viewer, at=make.NOON)
    viewer.follow(maker, at=make.NOON)
    watching.hide(third, key=viewer.public_id, at=make.NOON + timedelta(hours=1))

    found = unseen.standing(viewer.public_id, viewer, tables=NOTHING, at=make.NOON)

    length = first.duration_ms
    assert [tuple(one) for one in found.past] == [
        (third.pk, maker.pk, 0, False, False, True, True, length),
        (second.pk, maker.pk, 4_000, False, False, True, False, length),
        (first.pk, maker.pk, 4_000, True, False, True, False, length),
    ]
    assert (found.followed, found.is_plain, found.freshest) == ([maker.pk], False, [])


@pytest.mark.django_db
def test_what_reports_tell_beyond_the_last_one_adds_up() -> None:
    clip = make.clip(duration_ms=9_000)
    served()

    first, second = telling.token(clip), telling.token(clip)
    for token, sequence, ms, loops in [(first, 0, 4_000, 0), (first, 1, 12_000, 1)]:
        telling.watch(clip, ms, token=token, sequence=sequence, loops=loops, seen=4)
    telling.watch(clip, 3_000, token=second)

    watch = Watch.objects.get(viewer=KEY, clip=clip)
    assert watch.watched_ms == 12_000 + 3_000
    assert watch.loops == 1
    assert watch.completed_at == make.NOON + timedelta(seconds=12)


@pytest.mark.django_db
def test_a_clip_that_the_viewer_may_not_see_is_not_noted() -> None:
    secret = make.clip(visibility=Visibility.PRIVATE)

    assert telling.watch(secret) == 0
    assert not Watch.objects.exists()
