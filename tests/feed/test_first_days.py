"""Each new clip has a fair hearing in its first day, or a reason is kept."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from vitrine.accounts.models import Person
from vitrine.feed import first_days, weights
from vitrine.feed.models import FairHearing, FirstDay, Watch
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db
NOW = make.NOON + timedelta(days=1, hours=1)


def shown(
    clip: Clip, times: int, *, after: timedelta = timedelta(hours=1), seen: bool = True
) -> None:
    """Show a clip to so many viewers, so long after it came out."""
    assert clip.published_at
    at = clip.published_at + after
    watched_at = at if seen else None
    Watch.objects.bulk_create(
        Watch(viewer=f"v_{n}_{after}_{seen}", clip=clip, served_at=at, watched_at=watched_at)
        for n in range(times)
    )


def noted() -> dict[int, tuple[int, int, str]]:
    """Note what is over; return what is noted of each clip."""
    first_days.note(at=NOW)
    return {one.clip_id: (one.showings, one.average, one.hearing) for one in FirstDay.objects.all()}


def test_a_clip_with_its_share_was_heard_and_one_among_few_viewers_is_told_so() -> None:
    much, little = make.clip(), make.clip()
    shown(much, weights.HARDLY_SHOWN)
    shown(little, 20)

    assert noted() == {
        much.pk: (200, 110, FairHearing.FAIR),
        little.pk: (20, 110, FairHearing.FEW_PLACES),
    }


def test_what_others_drew_the_places_of_is_told_so() -> None:
    many = [make.clip() for _ in range(2)]
    for clip in many:
        shown(clip, 400)
    left = make.clip()
    shown(left, 100)

    assert noted()[left.pk] == (100, 300, FairHearing.OUTDRAWN)


def test_what_not_everybody_may_see_takes_no_part_in_the_average() -> None:
    open_one = make.clip()
    shown(open_one, 300)
    closed = [make.clip(visibility=Visibility.FOLLOWERS), make.clip(is_mature=True)]

    found = noted()

    assert [found[clip.pk] for clip in closed] == [(0, 300, FairHearing.NOT_OPEN)] * 2


def test_only_what_came_before_a_viewer_in_the_first_day_counts() -> None:
    clip = make.clip()
    shown(clip, 3)
    shown(clip, 5, after=timedelta(days=1))
    shown(clip, 7, seen=False)

    assert noted()[clip.pk][0] == 3


def test_a_day_is_noted_once_and_not_before_it_is_over_nor_after_a_week() -> None:
    make.clip(published_at=NOW - timedelta(hours=23))
    make.clip(published_at=NOW - timedelta(days=8))
    make.clip(draft=True)
    clip = make.clip(published_at=NOW - timedelta(hours=25))

    assert set(noted()) == {clip.pk}
    shown(clip, 9)
    assert first_days.note(at=NOW) == 0
    assert noted()[clip.pk][0] == 0


def test_a_thousand_days_are_noted_in_three_queries(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_days, "AT_ONCE", 2)
    for _ in range(5):
        make.clip()

    with django_assert_num_queries(3 * 3 + 1):
        assert first_days.note(at=NOW) == 5


def test_postgres_keeps_no_other_reason() -> None:
    with pytest.raises(IntegrityError, match="first_day_hearing_known"):
        FirstDay.objects.create(
            clip=make.clip(), showings=0, average=0, hearing="unloved", noted_at=NOW
        )


def test_its_creator_is_told_and_everybody_sees_the_sums(client: Client) -> None:
    creator: Person = make.person()
    clip = make.clip(creator)
    shown(clip, 12)
    first_days.note(at=NOW)
    FirstDay.objects.update(noted_at=timezone.now())

    client.force_login(creator)
    own = client.get(f"/studio/clips/{clip.public_id}/analytics/").content.decode()
    public = Client().get("/transparency/ranking").content.decode()

    assert "Shown to 12 viewers in its first 24 hours." in own
    assert "those of that day were shown to 12 on average" in own
    assert "Of 1 clip whose first day ended in the last 30 days" in public
