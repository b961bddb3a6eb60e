"""A profile's numbers: kept by the database, whatever happens to clips and likes, and at once."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make, races
from vitrine.accounts.models import Person
from vitrine.surfaces.watch import page
from vitrine.videos import invariants, tallying
from vitrine.videos.models import Cause, Clip, Like, Takedown, Tally, Visibility

pytestmark = pytest.mark.django_db


def shown(creator: Person, viewer: Person | None = None) -> tuple[int, int]:
    """Return the clips and likes that a profile shows."""
    found = page.creator(creator.handle, viewer or AnonymousUser())
    assert found
    return found.clips, found.likes


def liked(clip: Clip, times: int = 1) -> Clip:
    for _ in range(times):
        Like.give(clip, by=make.person(), at=make.NOON)
    return clip


def test_the_numbers_follow_every_change_of_a_clip() -> None:
    creator = make.person()
    clip = liked(make.clip(creator, draft=True, description="A lamp turns."), 2)
    seen = [shown(creator)]

    def then() -> None:
        seen.append(shown(creator))
        for viewer in (creator, AnonymousUser()):
            listed = Clip.objects.listed_for(viewer).filter(creator=creator).count()
            assert page.creator(creator.handle, viewer).clips == listed  # type: ignore[union-attr]

    clip.publish(at=make.NOON)
    then()
    for visibility in (*reversed(Visibility), Visibility.PUBLIC):
        Clip.objects.filter(pk=clip.pk).update(visibility=visibility, title="Typed again")
        then()
    clip.unpublish()
    then()
    clip.publish(at=make.NOON)
    clip.delete(at=make.NOON)
    then()

    out, away = (1, 2), (0, 0)
    assert seen == [away, out, away, away, away, out, out, away, away]
    assert invariants.tallies_are_true().violations == []


def test_what_is_taken_down_or_for_adults_is_not_counted() -> None:
    creator = make.person()
    liked(make.clip(creator), 1)
    clip = liked(make.clip(creator), 2)

    hidden = Takedown.objects.create(clip=clip, cause=Cause.DECIDED, at=make.NOON)
    liked(clip, 1)
    taken_down = shown(creator)
    hidden.delete()
    back = shown(creator)
    clip.rate(is_mature=True, at=make.NOON)
    rated = shown(creator)

    assert (taken_down, back, rated) == ((1, 1), (2, 4), (1, 1))
    assert invariants.tallies_are_true().violations == []


def test_what_is_made_with_a_clip_is_counted_while_that_stands() -> None:
    origin = make.clip()
    remix = liked(make.remix(origin), 2)
    other = liked(make.remix(origin, creator=remix.creator))
    tallying.fold()
    seen = []

    def then() -> None:
        seen.append(shown(remix.creator))
        listed = Clip.objects.listed_for(AnonymousUser()).filter(creator=remix.creator)
        assert seen[-1][0] == listed.count()
        assert invariants.tallies_are_true().violations == []

    def take_down(*clips: Clip) -> None:
        rows = [Takedown(clip=clip, cause=Cause.DECIDED, at=make.NOON) for clip in clips]
        Takedown.objects.bulk_create(rows, ignore_conflicts=True)
        then()

    take_down(origin)
    liked(remix)
    take_down(remix)  # both stand in its way
    Takedown.objects.filter(clip=origin).delete()
    then()
    take_down(origin, remix, other)
    Takedown.objects.all().delete()
    then()
    take_down(origin, remix, other)  # and in one statement
    Takedown.objects.filter(clip__in=[remix, other]).delete()
    then()
    remix.remix.delete()  # it went on without
    then()
    Takedown.objects.all().delete()
    then()

    none, one, both = (0, 0), (1, 1), (2, 4)
    assert seen == [none, none, one, none, both, none, none, (1, 3), both]


def test_followers_and_the_creator_are_told_what_is_for_followers() -> None:
    creator, fan, other = make.person(), make.person(), make.person()
    fan.follow(creator, at=make.NOON)
    liked(make.clip(creator))
    liked(make.clip(creator, visibility=Visibility.FOLLOWERS), 3)
    make.clip()

    assert [shown(creator, who) for who in (None, other, fan, creator)] == [
        (1, 1),
        (1, 1),
        (2, 4),
        (2, 4),
    ]


def test_likes_are_counted_once_and_taken_back() -> None:
    clip, fan = make.clip(), make.person()

    Like.give(clip, by=fan, at=make.NOON)
    Like.give(clip, by=fan, at=make.NOON)
    given = shown(clip.creator)
    Like.take_back(clip, by=fan)
    Like.take_back(clip, by=fan)

    assert (given, shown(clip.creator)) == ((1, 1), (1, 0))


def test_folding_changes_no_number_and_leaves_one_row_each() -> None:
    creator = make.person()
    for _ in range(3):
        liked(make.clip(creator), 2)
    gone = make.clip()
    gone.delete(at=make.NOON)
    before = shown(creator)

    tallying.fold()
    once = list(Tally.objects.values_list("creator", "visibility", "clips", "likes", "is_sum"))
    tallying.fold()
    liked(Clip.objects.owned_by(creator)[0])
    tallying.fold()

    assert before == (3, 6)
    assert once == [(creator.pk, "public", 3, 6, True)]
    assert (shown(creator), Tally.objects.count()) == ((3, 7), 1)
    assert invariants.tallies_are_true().violations == []


def test_a_person_who_is_deleted_leaves_no_sums() -> None:
    clip = liked(make.clip(), 2)
    tallying.fold()

    Person.objects.filter(pk=clip.creator_id).delete()
    tallying.fold()

    assert not Tally.objects.exists()
    assert invariants.tallies_are_true().violations == []


def test_many_rows_at_once_are_one_change() -> None:
    creator = make.person()
    clips = [make.clip(creator) for _ in range(2)]
    tallying.fold()
    fans = [make.person() for _ in range(4)]

    Like.objects.bulk_create(
        [Like(clip=clip, person=fan, at=make.NOON) for clip in clips for fan in fans]
    )

    assert shown(creator) == (2, 8)
    assert Tally.objects.filter(is_sum=False).count() == 1


def test_a_sum_that_is_not_what_is_counted_is_found() -> None:
    clip = liked(make.clip())
    Tally.objects.filter(creator=clip.creator, clips=1).update(clips=2)

    (breach,) = invariants.tallies_are_true().violations

    assert breach.endswith("shows 2 clips and 1 likes; there are 1 and 1")


@pytest.mark.django_db(transaction=True)
def test_likes_a_changing_audience_and_folding_at_once_lose_nothing() -> None:
    clip, rounds = make.clip(), 25
    fans = [[make.person() for _ in range(rounds)] for _ in range(4)]
    audiences = [Visibility.PRIVATE, Visibility.FOLLOWERS, Visibility.PUBLIC]

    def act(runner: int) -> None:
        for turn in range(rounds):
            if runner < len(fans):
                Like.give(clip, by=fans[runner][turn], at=make.NOON)
                if turn % 3 == 0:
                    Like.take_back(clip, by=fans[runner][turn])
            elif runner == len(fans):
                Clip.objects.filter(pk=clip.pk).update(visibility=audiences[turn % 3])
            else:
                tallying.fold()

    assert races.losers(races.race(len(fans) + 3, act)) == []

    assert invariants.tallies_are_true().violations == []
    Clip.objects.filter(pk=clip.pk).update(visibility=Visibility.PUBLIC)
    tallying.fold()
    assert shown(clip.creator) == (1, Like.objects.count())


@pytest.mark.django_db(transaction=True)
def test_an_origin_and_what_is_made_with_it_taken_down_at_once_are_counted_once() -> None:
    origin = make.clip()
    remixes = [make.remix(origin) for _ in range(2)]
    fans = [make.person() for _ in range(20)]
    hidden = [origin, remixes[0], origin]

    def act(runner: int) -> None:
        for turn in range(20):
            if runner < len(hidden):
                down = Takedown(clip=hidden[runner], cause=Cause.HELD, at=make.NOON)
                Takedown.objects.bulk_create([down], ignore_conflicts=True)
                Takedown.objects.filter(clip=hidden[runner]).delete()
            else:
                Like.give(remixes[turn % 2], by=fans[turn], at=make.NOON)

    assert races.losers(races.race(len(hidden) + 1, act)) == []

    assert invariants.tallies_are_true().violations == []
    assert [shown(remix.creator) for remix in remixes] == [(1, 10), (1, 10)]
