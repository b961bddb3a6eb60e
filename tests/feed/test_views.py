"""Views: what counts, once, in any order, and a thousand at once."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make, races
from tests.feed import telling
from tests.feed.reported import AFTER, DAY, counted, note
from tests.feed.telling import DEVICE, KEY, NOBODY
from vitrine.feed import counting, impressions, watching
from vitrine.feed.believing import WatchEvent
from vitrine.feed.counting import Count
from vitrine.feed.models import ClipDay, Delivery, Viewing, Watch
from vitrine.feed.sources import Source


@pytest.mark.django_db
def test_watching_five_seconds_reaches_and_qualifies_once_a_day() -> None:
    clip = make.clip()

    for ms in (6_000, 8_000):
        telling.watch(clip, ms)
    telling.watch(clip, 1_000, to="v_other")

    count = counted(clip)
    assert (count.reach, count.qualified, count.watched_ms) == (3, 1, 15_000)
    telling.watch(clip, at=make.NOON + timedelta(days=1))
    both = counting.rows([clip.pk], since=DAY, until=DAY + timedelta(days=1))
    assert [row.count.qualified for row in sorted(both, key=lambda row: row.day)] == [1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("ms, qualifies", [(1_999, 0), (2_000, 1), (4_000, 1)])
def test_half_of_a_short_clip_is_enough(ms: int, qualifies: int) -> None:
    clip = make.clip(duration_ms=4_000)

    telling.watch(clip, ms)

    assert counted(clip).qualified == qualifies


@pytest.mark.django_db
def test_own_and_staffs_plays_count_in_neither() -> None:
    maker, staff = make.person(), make.person(is_staff=True)
    clip = make.clip(maker)

    for person in (maker, staff):
        assert telling.watch(clip, to=person.public_id, viewer=person) == 1

    assert counted(clip) == Count()
    assert Watch.objects.filter(watched_ms__gt=0).count() == 2


@pytest.mark.django_db
def test_without_a_byte_sent_a_view_reaches_and_never_qualifies() -> None:
    clip, mark = make.clip(), b"another!"
    telling.watch(clip, device=mark)
    Delivery.objects.all().delete()
    telling.deliver(clip)

    assert (counted(clip).reach, counted(clip).qualified) == (1, 0)


@pytest.mark.django_db
def test_bytes_that_are_sent_later_prove_nothing() -> None:
    clip = make.clip()
    telling.watch(clip)
    Delivery.objects.update(first_at=make.NOON + timedelta(minutes=5))

    assert counted(clip).qualified == 0


@pytest.mark.django_db(transaction=True)
def test_a_thousand_real_reports_at_once_are_all_counted() -> None:
    clip = make.clip()
    tokens = [telling.token(clip, to=f"v_{number}") for number in range(1_000)]
    runners = 20

    def watch(runner: int) -> int:
        accepted = 0
        for number in range(runner, 1_000, runners):
            device = number.to_bytes(8)
            telling.deliver(clip, device=device)
            event = WatchEvent(clip.public_id, tokens[number], telling.told(6_000))
            accepted += watching.note(
                [event], key=f"v_{number}", viewer=NOBODY, device=device, at=make.NOON + AFTER
            )
            if number % 100 == runner:  # in the middle of it all
                counting.roll_up(at=make.NOON + AFTER)
        return accepted

    accepted = races.race(runners, watch)

    assert sum(races.winners(accepted)) == 1_000, races.losers(accepted)
    counting.roll_up(at=make.NOON + AFTER)
    stored = ClipDay.objects.get()
    assert (stored.reach, stored.qualified, stored.watched_ms) == (1_000, 1_000, 6_000_000)
    assert counted(clip).qualified == 1_000


@pytest.mark.django_db(transaction=True)
def test_one_report_sent_many_times_at_once_counts_once() -> None:
    clip = make.clip()
    telling.deliver(clip)
    event = WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000))

    accepted = races.race(8, lambda _: note(event))

    assert sorted(races.winners(accepted)) == [0] * 7 + [1], races.losers(accepted)
    assert (counted(clip).reach, counted(clip).qualified) == (1, 1)
    assert Watch.objects.get().watched_ms == 6_000


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_the_count_is_the_same(seed: int) -> None:
    clip, dice = make.clip(), random.Random(seed)
    marks = {f"v_{n}": telling.token(clip, to=f"v_{n}") for n in range(3)}
    reports = [
        (key, telling.told(2_000 * (step + 1), sequence=step, taps=step))
        for key in marks
        for step in range(4)
    ]
    sent = [*reports, *dice.choices(reports, k=8)]
    dice.shuffle(sent)

    for key, told in sent:
        note(WatchEvent(clip.public_id, marks[key], told), key=key)
    telling.deliver(clip)

    count = counted(clip)
    assert (count.reach, count.qualified, count.watched_ms, count.taps) == (3, 3, 24_000, 9)
    assert count.seen == [3] * 8 + [0]
    assert Watch.objects.filter(watched_ms=8_000).count() == 3


@pytest.mark.django_db
def test_a_count_knows_skips_ends_seconds_sources_and_taps() -> None:
    clip = make.clip(duration_ms=8_500)
    telling.watch(clip, 1_500, to="v_1", seen=2)
    telling.watch(clip, 8_500, to="v_2", seen=9, taps=2, shares=1, source=Source.PROFILE)
    telling.watch(clip, 20_000, to="v_3", seen=9, loops=2, source=Source.PROFILE)

    rows = {row.source: row.count for row in counting.rows([clip.pk], since=DAY, until=DAY)}

    assert rows[Source.FOR_YOU] == Count(1, 0, 1_500, 1, 0, 0, 0, 0, [1, 1, *[0] * 7])
    assert rows[Source.PROFILE] == Count(2, 2, 28_500, 0, 2, 2, 1, 0, [2] * 9)


@pytest.mark.django_db
def test_a_follow_is_gained_by_the_clip_that_was_watched_around_it() -> None:
    maker, fan, passer_by = make.person(), make.person(), make.person()
    clip, other = make.clip(maker), make.clip(maker)
    telling.watch(other, to=fan.public_id, viewer=fan, at=make.NOON - timedelta(minutes=9))
    telling.watch(clip, to=fan.public_id, viewer=fan)
    fan.follow(maker, at=make.NOON)
    telling.watch(clip, to=passer_by.public_id, viewer=passer_by)
    passer_by.follow(maker, at=make.NOON + timedelta(hours=2))

    assert (counted(clip).follows, counted(other).follows) == (1, 0)


@pytest.mark.django_db
def test_a_batch_of_many_costs_as_many_queries_as_one_of_one() -> None:
    clips = [make.clip() for _ in range(30)]
    tokens = list(
        impressions.tokens([c.public_id for c in clips], to=KEY, source=Source.LINK, at=make.NOON)
    )
    events = [
        WatchEvent(clip.public_id, token, telling.told(1_000))
        for clip, token in zip(clips, tokens, strict=True)
    ]

    costs = []
    for batch in (events[:1], events[1:]):
        with CaptureQueriesContext(connection) as queries:
            watching.note(batch, key=KEY, viewer=NOBODY, device=DEVICE, at=make.NOON + AFTER)
        costs.append(len(queries))

    assert costs == [2, 2]
    assert Viewing.objects.count() == 30
