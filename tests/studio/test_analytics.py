"""Analytics: the creator's alone, and equal to the database."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed import telling
from tests.studio.test_clips import signed_in
from vitrine.accounts.models import Person
from vitrine.feed import counting
from vitrine.feed.models import Viewing
from vitrine.feed.sources import Source
from vitrine.orders.models import Order, OrderState
from vitrine.surfaces.studio import charts
from vitrine.videos.models import Clip, Comment, Like

pytestmark = pytest.mark.django_db
DAYS = {"since": "2026-11-19", "until": "2026-11-21"}
DAY = date(2026, 11, 20)


def page_of(clip: Clip, **asked: str) -> Any:
    """Ask for a clip's analytics as its creator."""
    return signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/analytics/", asked or DAYS)


def watched(creator: Person | None = None) -> Clip:
    """Make a clip of 8 s that three people watch: one leaves, one stays, one watches it twice."""
    clip = make.clip(creator, duration_ms=8_000)
    telling.watch(clip, 1_000, to="v_1", seen=1)
    telling.watch(clip, 6_000, to="v_2", taps=1, source=Source.PROFILE)
    telling.watch(clip, 16_000, to="v_3", seen=8, loops=1, shares=2)
    return clip


def test_a_clip_s_page_says_what_its_facts_say() -> None:
    clip, fan = watched(), make.person()
    Like.give(clip, by=fan, at=make.NOON)
    Comment.say(clip, "Yes", by=fan, at=make.NOON)
    Comment.say(clip, "Cheap followers", by=make.person(), at=make.NOON, is_withheld=True)
    telling.watch(clip, to=fan.public_id, viewer=fan, source=Source.PROFILE)
    fan.follow(clip.creator, at=make.NOON)

    report = page_of(clip).context["report"]

    total, count = report.total, report.total.count
    assert (count.reach, count.qualified) == (4, 3)
    assert count.watched_ms == 29_000
    assert (total.average, total.watched) == ("7.2 s", "29 s")
    assert (total.skipped_share, total.finished_share) == ("25 %", "25 %")
    assert (count.taps, count.shares, total.followers) == (1, 2, 1)
    assert (total.likes, total.comments) == (1, 1)
    assert [(each.label, each.count.reach, each.share) for each in report.sources] == [
        ("For you", 2, "50 %"),
        ("Your profile", 2, "50 %"),
    ]
    assert [(day.day.day, day.result.count.reach) for day in report.course.days] == [
        (19, 0),
        (20, 4),
        (21, 0),
    ]


def test_the_curve_is_the_share_of_plays_that_saw_each_second() -> None:
    clip = watched()

    answer = page_of(clip)

    retention = answer.context["report"].retention
    assert [each.viewers for each in retention.seconds] == [3, 2, 2, 2, 2, 2, 1, 1]
    assert retention.half_s == 6
    html = answer.content.decode()
    assert 'points="0.00,0.00 14.29,33.33 ' in html
    assert "From 6 s on, fewer than half were still watching." in html


def test_the_numbers_are_those_of_the_database() -> None:
    clip = watched()
    facts = Viewing.objects.filter(clip=clip, is_counted=True)

    count = page_of(clip).context["report"].total.count

    assert count.reach == facts.values("impression").distinct().count()
    assert count.watched_ms == sum(facts.values_list("watched_ms", flat=True))
    counting.roll_up(at=make.NOON)
    assert count == counting.total(counting.rows([clip.pk], since=DAY, until=DAY))
    counting.roll_up(at=make.NOON + timedelta(days=3))
    assert page_of(clip).context["report"].total.count == count


def test_orders_that_began_on_a_clip_are_counted_unless_undone() -> None:
    clip = make.clip()
    variant = make.variant(stock=9, price_minor=2_000)
    make.tag(clip, variant.product)
    kept = make.purchase(variant, clip=clip, quantity=2)
    undone = make.purchase(variant, clip=clip)
    make.purchase(variant)
    Order.objects.filter(group=undone.group).update(state=OrderState.CANCELLED)
    Like.give(clip, by=make.person(), at=make.NOON)

    total = page_of(clip).context["report"].total

    assert (total.orders, total.sales_minor, total.sales) == (1, 4_000, "$40.00")
    assert kept.group.goods_minor == 4_000


def test_the_channel_is_the_sum_of_its_clips_and_ranks_them() -> None:
    creator, fan = make.person(), make.person()
    clip, other = watched(creator), make.clip(creator)
    telling.watch(other, to="v_1")
    watched()  # somebody else's
    fan.follow(creator, at=make.NOON)

    report = signed_in(creator).get("/studio/analytics/", DAYS).context["report"]

    assert (report.total.count.reach, report.total.count.qualified) == (4, 3)
    assert report.total.followers == 1
    assert [(each.clip, each.result.count.qualified) for each in report.best] == [
        (clip, 2),
        (other, 1),
    ]


def test_a_csv_holds_the_same_numbers() -> None:
    clip = watched()
    client, base = signed_in(clip.creator), f"/studio/clips/{clip.public_id}"

    answers = [
        client.get(url, DAYS)
        for url in (f"{base}/analytics.csv", "/studio/analytics.csv", f"{base}/retention.csv")
    ]

    days, channel, retention = (
        list(csv.DictReader(io.StringIO(answer.content.decode()))) for answer in answers
    )
    assert answers[0]["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answers[0]["Content-Disposition"]
    assert [row["day"] for row in days] == ["2026-11-19", "2026-11-20", "2026-11-21"]
    assert (days[1]["reach"], days[1]["views"], days[1]["watched_seconds"]) == ("3", "2", "23.000")
    assert (days[1]["sales"], days[1]["currency"]) == ("0.00", "USD")
    assert channel == days
    assert [row["plays"] for row in retention] == ["3", "2", "2", "2", "2", "2", "1", "1"]


@pytest.mark.parametrize(
    "asked, sentence",
    [
        ({"since": "2026-11-21", "until": "2026-11-19"}, "must not be before the first"),
        ({"since": "2026-11-21", "until": "2999-01-01"}, "must not be after today"),
        ({"since": "2020-01-01", "until": "2026-11-19"}, "at most a year"),
        ({"since": "soon", "until": "2026-11-19"}, "Enter a valid date"),
        ({"since": "2026-11-19"}, "This field is required"),
    ],
)
def test_days_that_make_no_sense_are_said_so_and_kept(asked: dict[str, str], sentence: str) -> None:
    clip = watched()

    answer = page_of(clip, **asked)
    program = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/analytics.csv", asked)

    assert answer.status_code == program.status_code == 422
    assert sentence in answer.content.decode()
    assert f'value="{asked["since"]}"' in answer.content.decode()
    assert sentence in program.json()["detail"]


def test_without_days_the_last_four_weeks_are_shown() -> None:
    clip = make.clip()
    answer = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/analytics/")

    assert len(answer.context["report"].course.days) == 28
    assert "Nothing to count on these days" in answer.content.decode()


def test_only_the_creator_sees_them() -> None:
    clip = watched()
    for part in ("analytics/", "analytics.csv", "retention.csv"):
        url = f"/studio/clips/{clip.public_id}/{part}"

        assert signed_in(make.person()).get(url, DAYS).status_code == 404
        assert signed_in(make.person(is_staff=True)).get(url, DAYS).status_code == 404


def test_a_page_of_many_clips_costs_what_one_of_few_does(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creator = make.person()
    client = signed_in(creator)
    clips = [watched(creator) for _ in range(6)]

    with django_assert_num_queries(10):
        client.get("/studio/analytics/", DAYS)
    with django_assert_num_queries(9):
        client.get(f"/studio/clips/{clips[0].public_id}/analytics/", DAYS)


def test_views_are_shown_under_the_clip_as_last_counted() -> None:
    clip = make.clip()
    now = timezone.now()
    telling.watch(clip, at=now)
    counting.roll_up(at=now)

    html = signed_in(make.person()).get(clip.get_absolute_url()).content.decode()

    assert '<a class="num" href="/transparency/views">1 view</a>' in html


def test_a_line_is_drawn_from_edge_to_edge() -> None:
    assert charts.line([4, 2, 0], most=4).points == "0.00,0.00 50.00,50.00 100.00,100.00"
    assert charts.line([3], most=4).points == "0.00,25.00 100.00,25.00"
    assert charts.line([0, 0], most=0).points == "0.00,100.00 100.00,100.00"
    assert charts.line([], most=4).area == ""


@pytest.mark.parametrize("most, ceiling", [(0, 4), (4, 4), (5, 5), (9, 10), (12, 20), (100, 100)])
def test_an_axis_ends_at_a_round_number(most: int, ceiling: int) -> None:
    assert charts.ceiling([most]) == ceiling
