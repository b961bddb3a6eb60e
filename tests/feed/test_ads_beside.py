"""Ads stand beside the clips of a page, which are the same without them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.ads import making
from vitrine.accounts.models import Person
from vitrine.ads import bidding, holding, planning, standing
from vitrine.ads.models import Showing
from vitrine.feed import serving
from vitrine.feed.models import Habit

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


def test_with_ads_the_clips_are_the_same_and_three_questions_more() -> None:
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
    assert len(now) == len(before) + 3


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
