"""What is summed of an experiment's viewers, and what it comes to."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed import telling
from tests.feed.experiments.declared import DAY, declare, put
from tests.feed.learned import learn, watch_all
from vitrine.accounts.models import Person
from vitrine.feed import serving, watching
from vitrine.feed.experiments import intervals, looking, running
from vitrine.feed.experiments.metrics import Metric
from vitrine.feed.experiments.results import results
from vitrine.feed.models import Experiment, Exposure, Look
from vitrine.orders.models import Order
from vitrine.videos.models import Clip, Like

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "FEWEST", 2)


def expose(viewer: str, to: Experiment, *days: int) -> int:
    """Note that a viewer was shown pages from NOON on, on these days; return the arm's place."""
    (part,) = running.chosen(viewer, [to.pk])[1]
    for day in days:
        at = make.NOON + day * DAY
        Exposure.objects.create(
            experiment=to, arm_id=part.arm, viewer=viewer, day=at.date(), first_at=at
        )
    return to.arms.get(pk=part.arm).place


def divided(to: Experiment, each: int) -> tuple[list[Person], list[Person]]:
    """Make people until so many are in each arm of two."""
    found: tuple[list[Person], list[Person]] = [], []
    while min(map(len, found)) < each:
        one = make.person()
        place = to.arms.get(pk=running.chosen(one.public_id, [to.pk])[1][0].arm).place
        if len(found[place]) < each:
            found[place].append(one)
    return found


def test_each_viewer_s_doings_since_their_first_page_are_summed_by_arm() -> None:
    made = declare()
    (as_it_is, other), (lamp, boat) = divided(made, 2), (make.clip(), make.clip())
    for one in (*as_it_is, *other):
        expose(one.public_id, made, 0, 1)
    busy, idle = other[0], as_it_is[0]
    before, after = make.NOON - HOUR, make.NOON + HOUR
    telling.watch(lamp, 8_000, to=busy.public_id, viewer=busy, at=before)  # before the first page
    telling.watch(boat, 9_000, to=busy.public_id, viewer=busy, at=after, taps=2)
    Like.give(boat, by=busy, at=after)
    Like.give(lamp, by=busy, at=before)
    goods = make.variant(stock=5)
    for buyer, at in ((busy, after), (busy, before), (idle, after)):
        order = make.purchase(goods, buyer=buyer).group.orders.get()
        Order.objects.filter(pk=order.pk).update(placed_at=at)
    Order.objects.filter(group__buyer=idle).update(state="cancelled")

    looking.look(at=make.NOON + DAY + HOUR)
    looking.look(at=make.NOON + DAY + 2 * HOUR)

    looks = {(one.arm.place, one.metric): one for one in Look.objects.select_related("arm")}
    assert len(looks) == Look.objects.count() == 2 * len(Metric)
    sums = {
        (place, metric): (one.viewers, one.days, one.amount, one.amount_by_days)
        for (place, metric), one in looks.items()
    }
    assert sums[1, Metric.WATCHED] == (2, 4, 9.0, 18.0)
    assert looks[1, Metric.WATCHED].days_squared == 8
    assert looks[1, Metric.WATCHED].amount_squared == 81.0
    assert sums[1, Metric.LIKED] == sums[1, Metric.ORDERED] == (2, 4, 1, 2)
    assert sums[1, Metric.TAPPED] == (2, 4, 2, 4)
    assert sums[1, Metric.CAME] == (2, 2, 4, 4)
    assert {one.day for one in looks.values()} == {(make.NOON + DAY).date()}
    for metric in Metric:
        nothing = 4 if metric is Metric.CAME else 0
        assert sums[0, metric][2] == nothing


def test_nothing_counts_that_was_shown_after_the_end_and_then_looking_ends() -> None:
    made = declare(ends_at=make.NOON + DAY)
    _, (busy, other) = divided(made, 2)
    for one in (busy, other):
        expose(one.public_id, made, 0)
    telling.watch(make.clip(), 9_000, to=busy.public_id, at=make.NOON + HOUR)
    telling.watch(make.clip(), 9_000, to=busy.public_id, at=make.NOON + DAY)

    looking.look(at=make.NOON + DAY + HOUR)
    looking.look(at=make.NOON + DAY + looking.LATE)

    watched = Look.objects.get(metric=Metric.WATCHED)
    assert (watched.amount, watched.at) == (9.0, make.NOON + DAY + HOUR)


def test_few_are_not_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "FEWEST", 3)
    made = declare()
    for one in divided(made, 2)[1]:
        expose(one.public_id, made, 0)

    looking.look(at=make.NOON + HOUR)

    assert not Look.objects.exists()
    assert results(made).counts == [0, 2]


def test_what_an_arm_changes_is_told_from_day_to_day_in_percent_of_the_feed_as_it_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = declare()
    for day in (0, 1):
        put(made, 0, day, 24_000.0)
        put(made, 1, day, 24_240.0 if day == 0 else 36_000.0)

    with django_assert_num_queries(3):
        found = results(made)

    (course,) = found.courses
    (days,) = course.changes
    unsure, sure = days
    assert course.mean == 60.0
    assert unsure.percent is not None
    assert sure.percent is not None
    assert unsure.percent.value == pytest.approx(1.0)
    assert unsure.percent.low < 0 < unsure.percent.high
    assert (unsure.is_more, unsure.is_less) == (False, False)
    assert sure.percent.value == pytest.approx(50.0)
    assert (sure.is_more, sure.mean) == (True, 90.0)
    assert found.at == make.NOON + DAY


def test_of_nothing_no_percent_are_told() -> None:
    made = declare()
    put(made, 0, 0, 0.0)
    put(made, 1, 0, 24_000.0)

    assert results(made).courses[0].changes[0][0].percent is None


def test_arms_whose_viewers_are_missing_are_suspected() -> None:
    made = declare()
    for n in range(200):
        viewer = f"v_{n}"
        if expose(viewer, made, 0) == 1:
            watching.forget_viewer(viewer)  # as if what its arm shows drove everybody off

    found = results(made)

    assert found.is_suspect
    assert found.counts[1] == 0 < found.counts[0]
    assert not results(declare({"RULES.new": 0.3})).is_suspect


@pytest.mark.usefixtures("learnt_folder")
def test_from_pages_to_what_is_told() -> None:
    old = [make.clip(published_at=make.NOON - n * HOUR) for n in range(12)]
    watch_all(old[:3], to="v_first")
    learn()
    made = declare(share=40)

    for n in range(40):
        viewer = f"v_{n}"
        served = serving.next_clips(viewer, AnonymousUser(), size=3, at=make.NOON)
        tried = running.chosen(viewer, [made.pk])[1][0].arm == made.arms.get(place=1).pk
        clip = Clip.objects.get(pk=served[0].clip)
        telling.watch(clip, (9_000 if tried else 4_000) + 10 * n, to=viewer)
    looking.look(at=make.NOON + HOUR)

    found = results(made)
    told = {course.metric: course.changes[0][-1] for course in found.courses}
    assert sum(found.counts) == 40
    assert not found.is_suspect
    assert told[Metric.WATCHED].is_more
    assert not told[Metric.CAME].is_more
    assert told[Metric.LIKED].percent is None  # nobody can like without an account
