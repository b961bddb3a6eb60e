"""Ads stand beside the clips of a page, which are the same without them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.ads import making
from vitrine.accounts.models import Person
from vitrine.ads import bidding, holding, leasing, load, planning, standing
from vitrine.ads.models import Ad, AdGroup, Met, Showing
from vitrine.ads.showing import Ads, Made
from vitrine.feed import serving, weights
from vitrine.feed.models import Habit, Watch
from vitrine.surfaces.watch.page import for_you

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    for module in (bidding, holding, standing):
        module.forget()
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


def plain() -> Person:
    """Make somebody whose page hangs on no dice."""
    person = make.person()
    Habit.objects.create(person=person, unprofiled_at=make.NOON)
    return person


def page(viewer: Person, *, first: int = 5) -> tuple[list[int], list[int]]:
    """Return the clips of a page, and after how many of them ads stand."""
    served, ads = serving.next_with_ads(
        viewer.public_id, viewer, language="en", first=first, size=10, at=make.NOON
    )
    return [one.clip for one in served], [ad.after for ad in ads]


def test_a_page_without_ads_is_as_it_was_and_asks_no_more() -> None:
    for _ in range(12):
        make.clip()
    one, other = plain(), plain()
    page(plain())  # from now on it is known that there are none

    with CaptureQueriesContext(connection) as before:
        clips = serving.next_clips(one.public_id, one, size=10, at=make.NOON)
    with CaptureQueriesContext(connection) as now:
        beside = page(other)

    assert beside == ([clip.clip for clip in clips], [])
    assert len(now) == len(before)


def test_with_ads_the_clips_are_the_same_and_one_question_more() -> None:
    for _ in range(12):
        make.clip()
    making.ad()
    making.ad()
    one, other = plain(), plain()
    page(plain())  # takes the leases

    with CaptureQueriesContext(connection) as before:
        clips = serving.next_clips(one.public_id, one, size=10, at=make.NOON)
    with CaptureQueriesContext(connection) as now:
        beside = page(other)

    assert beside == ([clip.clip for clip in clips], [2, 8])
    assert len(now) == len(before) + 1


def test_with_ads_that_bring_nothing_a_page_is_the_same_to_the_byte() -> None:
    for _ in range(12):
        make.clip()
    viewer = plain()

    def drawn() -> str:
        Watch.objects.all().delete()
        html = for_you(viewer.public_id, viewer, first=5, at=make.NOON).html
        return re.sub(r'data-token="[^"]*"', "", html)

    ad = making.ad(making.group(bid_micros=1))
    Ad.objects.update(paused_at=make.NOON)
    without = drawn()
    Ad.objects.update(paused_at=None)
    standing.forget()
    worth_nothing = drawn()
    AdGroup.objects.filter(pk=ad.group.pk).update(bid_micros=10_000)
    standing.forget()

    assert worth_nothing == without
    assert drawn() != without


def test_a_hidden_ad_takes_as_much_as_a_refused_clip() -> None:
    assert -weights.VALUE["refused"] == load.HIDDEN_WORTH


def test_where_another_page_took_a_clip_the_others_are_served_and_no_ad_is_noted() -> None:
    clips = [make.clip().pk for _ in range(10)]
    ad, viewer = making.ad(), plain()
    (one,) = serving.next_clips(viewer.public_id, viewer, size=1, at=make.NOON)
    of = standing.read(at=make.NOON)
    lease = leasing.take(ad.group.campaign, least_micros=10_000, at=make.NOON)
    assert lease is not None
    made = Made(of.lines[0], lease.lease, 5_000, 0.6, uuid4(), "")
    ads = Ads([made], viewer.public_id, make.NOON)

    fresh, said = Watch.objects.serve_with(ads, clips, to=viewer.public_id, at=make.NOON)

    assert fresh == set(clips) - {one.clip}
    assert (said.standing, said.is_shown) == ({ad.pk}, False)
    assert not Showing.objects.exists()
    assert not Met.objects.exists()
    left = sorted(fresh)
    Watch.objects.filter(clip__in=left).delete()
    assert Watch.objects.serve_with(ads, left, to=viewer.public_id, at=make.NOON)[1].is_shown
    assert Showing.objects.get().showing == made.showing


def test_a_page_of_few_clips_has_no_ad_beyond_them() -> None:
    for _ in range(2):
        make.clip()
    making.ad()

    clips, after = page(make.person(), first=5)

    assert len(clips) == 3  # the ad's own among them
    assert after == [2]
    assert Showing.objects.count() == 1


@pytest.mark.parametrize("wish", [Habit.pause, Habit.unprofile])
def test_no_ad_is_picked_for_whoever_wants_nothing_picked(wish: Any) -> None:
    for _ in range(12):
        make.clip()
    making.ad(making.group(ages=["45-54"]))
    people = [make.person(born_on=date(1980, 1, 1)) for _ in range(2)]

    wish(people[0], at=make.NOON)

    assert [page(one)[1] for one in people] == [[], [2]]
