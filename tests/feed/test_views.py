"""Views nobody can forge: ten thousand false reports move nothing, a thousand true are kept."""

import base64
import random
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tests import make, races
from tests.feed import telling
from tests.feed.telling import DEVICE, KEY, NOBODY
from vitrine.feed import (
    counting,
    deliveries,
    impressions,
    invariants,
    plausible,
    rejections,
    tasks,
    watching,
)
from vitrine.feed.counting import Count
from vitrine.feed.days import first_open, local_day
from vitrine.feed.models import ClipDay, CountedDay, Delivery, Rejection, Viewing, Watch
from vitrine.feed.plausible import Reason, Told
from vitrine.feed.sources import Source
from vitrine.feed.watching import WatchEvent
from vitrine.videos.models import Clip, Visibility

DAY = date(2026, 11, 20)
AFTER = timedelta(seconds=10)


def counted(clip: Clip) -> Count:
    """Count a clip from its facts, on the day of the tests."""
    return counting.total(counting.rows([clip.pk], since=DAY, until=DAY))


def refused() -> dict[Reason, int]:
    """Return how many reports were not believed, by reason."""
    rejections.batch.flush(at=make.NOON)
    return {Reason(r.reason): r.reports for r in Rejection.objects.all()}


def note(event: WatchEvent, *, key: str = KEY, after: timedelta = AFTER) -> int:
    """Report once, some time after NOON."""
    return watching.note([event], key=key, viewer=NOBODY, device=DEVICE, at=make.NOON + after)


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
def test_without_a_byte_sent_a_view_reaches_and_never_qualifies(settings: Settings) -> None:
    clip, mark = make.clip(), b"another!"
    telling.watch(clip, device=mark)
    Delivery.objects.all().delete()
    telling.deliver(clip)

    assert (counted(clip).reach, counted(clip).qualified) == (1, 0)
    settings.VITRINE_MEDIA_MODE = "signed"
    assert counted(clip).qualified == 1


@pytest.mark.django_db
def test_bytes_that_are_sent_later_prove_nothing() -> None:
    clip = make.clip()
    telling.watch(clip)
    Delivery.objects.update(first_at=make.NOON + timedelta(minutes=5))

    assert counted(clip).qualified == 0


FORGERS: list[tuple[Reason, Callable[[Clip, random.Random], tuple[WatchEvent, str, timedelta]]]] = [
    (
        Reason.FORGED,
        lambda clip, dice: (
            WatchEvent(
                clip.public_id,
                base64.urlsafe_b64encode(dice.randbytes(39)).decode(),
                telling.told(6_000),
            ),
            KEY,
            AFTER,
        ),
    ),
    (
        Reason.FORGED,
        lambda clip, dice: (
            WatchEvent(clip.public_id, _bitten(telling.token(clip), dice), telling.told(6_000)),
            KEY,
            AFTER,
        ),
    ),
    (
        Reason.NOT_YOURS,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            f"v_{dice.randrange(10**9)}",
            AFTER,
        ),
    ),
    (
        Reason.EXPIRED,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            KEY,
            impressions.EXPIRES_AFTER + timedelta(seconds=dice.randint(1, 10**6)),
        ),
    ),
    (
        Reason.FUTURE,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            KEY,
            -timedelta(seconds=dice.randint(6, 10**6)),
        ),
    ),
    (
        Reason.TOO_FAST,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            KEY,
            timedelta(milliseconds=dice.randint(0, 4_200)),
        ),
    ),
    (
        Reason.TOO_MUCH,
        lambda clip, dice: (
            WatchEvent(
                clip.public_id,
                telling.token(clip),
                telling.told(1_000, loops=dice.randint(3, 10_000)),
            ),
            KEY,
            AFTER,
        ),
    ),
    (
        Reason.TOO_MUCH,
        lambda clip, dice: (
            WatchEvent(
                clip.public_id,
                telling.token(clip),
                telling.told(6_000, taps=dice.randint(26, 10_000)),
            ),
            KEY,
            AFTER,
        ),
    ),
]


def _bitten(token: str, dice: random.Random) -> str:
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return base64.urlsafe_b64encode(raw).decode()


@pytest.mark.django_db
def test_ten_thousand_forged_reports_move_nothing() -> None:
    clip, dice = make.clip(), random.Random(3)
    telling.watch(clip, to="v_real")
    real = WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000))
    note(real)
    before, facts = counted(clip), Viewing.objects.count()
    assert (before.taps, before.shares) == (0, 0)

    for number in range(9_000):
        _, forge = FORGERS[number % len(FORGERS)]
        event, key, after = forge(clip, dice)
        assert note(event, key=key, after=after) == 0
    for number in range(1_000):  # what was true once, again and again
        assert note(real, after=AFTER + timedelta(milliseconds=number)) == 0

    assert counted(clip) == before
    assert (before.reach, before.qualified) == (2, 2)
    assert Viewing.objects.count() == facts
    by_reason = refused()
    assert sum(by_reason.values()) == 10_000
    assert by_reason[Reason.REPLAYED] == 1_000
    assert set(by_reason) == {reason for reason, _ in FORGERS} | {Reason.REPLAYED}


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(len(FORGERS)))
def test_each_forgery_is_refused_for_its_reason(place: int) -> None:
    reason, forge = FORGERS[place]
    event, key, after = forge(make.clip(), random.Random(1))

    assert note(event, key=key, after=after) == 0

    assert refused() == {reason: 1}
    assert not Viewing.objects.exists()


@pytest.mark.django_db
def test_one_impression_brings_so_many_taps_and_no_more() -> None:
    clip = make.clip()

    assert telling.watch(clip, 60_000, taps=90, shares=30) == 1

    count = counted(clip)
    assert (count.taps, count.shares) == (plausible.MOST_TAPS, plausible.MOST_TAPS)


@pytest.mark.django_db
def test_a_token_of_another_clip_is_forged() -> None:
    clip, other = make.clip(), make.clip()

    assert telling.watch(clip, token=telling.token(other)) == 0

    assert refused() == {Reason.FORGED: 1}


@pytest.mark.django_db
def test_a_clip_that_was_taken_back_since_is_not_counted() -> None:
    clip = make.clip(visibility=Visibility.PRIVATE)

    assert telling.watch(clip) == 0

    assert refused() == {Reason.HIDDEN: 1}


@pytest.mark.django_db
def test_a_report_cannot_take_back_what_an_earlier_one_said() -> None:
    clip = make.clip()
    token = telling.token(clip)
    telling.watch(clip, 6_000, token=token, sequence=5)

    later_less = telling.watch(clip, 2_000, token=token, sequence=6)
    earlier_more = telling.watch(clip, 8_000, token=token, sequence=4)
    earlier_less = telling.watch(clip, 3_000, token=token, sequence=1)

    assert (later_less, earlier_more, earlier_less) == (0, 0, 1)
    assert refused() == {Reason.BACKWARDS: 2}
    assert counted(clip).watched_ms == 6_000


@pytest.mark.django_db
def test_nobody_begins_more_clips_in_an_hour_than_there_is_time_for() -> None:
    clip = make.clip()
    marks = [telling.token(clip) for _ in range(watching.MOST_AN_HOUR + 3)]
    events = [WatchEvent(clip.public_id, mark, telling.told(6_000)) for mark in marks]

    for start in range(0, len(events), 300):
        watching.note(
            events[start : start + 300], key=KEY, viewer=NOBODY, device=DEVICE, at=make.NOON + AFTER
        )

    assert counted(clip).reach == watching.MOST_AN_HOUR
    assert refused() == {Reason.TOO_MANY: 3}
    assert note(events[0]._replace(told=telling.told(7_000, sequence=1))) == 1


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
def test_a_day_is_closed_once_its_tokens_have_expired_and_the_check_counts_it_again() -> None:
    telling.watch(make.clip(), 9_000, seen=9)
    counting.roll_up(at=make.NOON + timedelta(hours=1))
    assert not CountedDay.objects.exists()

    counting.roll_up(at=make.NOON + timedelta(days=9))

    assert CountedDay.objects.count() == 8
    assert invariants.views_are_counted_from_facts().violations == []
    ClipDay.objects.update(qualified=7)
    (sentence,) = invariants.views_are_counted_from_facts().violations
    assert "is counted (1, 7, 9000, 0, 1, 0, 0," in sentence
    assert "its facts come to (1, 1, 9000, 0, 1, 0, 0," in sentence


@pytest.mark.django_db
def test_the_check_misses_the_guard_of_the_facts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feed_viewing DISABLE TRIGGER feed_viewing_facts")

    (sentence,) = invariants.views_are_counted_from_facts().violations

    assert "their guard is gone" in sentence


@pytest.mark.django_db
def test_a_closed_days_count_outlives_its_facts() -> None:
    clip, now = make.clip(), timezone.now()
    old = now - timedelta(days=33)
    telling.watch(clip, 9_000, seen=9, at=old)
    telling.watch(clip, at=now)
    counting.roll_up(at=now)
    before = counting.rows([clip.pk], since=local_day(old), until=local_day(now))

    assert counting.forget(before=local_day(now - tasks.KEPT)) == 1

    rows = counting.rows([clip.pk], since=local_day(old), until=local_day(now))
    assert sorted(row.day for row in rows) == [local_day(old), local_day(now)]
    assert sorted(map(str, rows)) == sorted(map(str, before))


@pytest.mark.django_db
def test_facts_of_a_day_that_is_not_closed_are_kept_however_old() -> None:
    telling.watch(make.clip())

    assert counting.forget(before=DAY + timedelta(days=99)) == 0

    assert Viewing.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE feed_viewing SET watched_ms = 9",
        "UPDATE feed_viewing SET viewer = 'v_other'",
        "UPDATE feed_viewing SET viewer = 'x_other', watched_ms = 9",
        "DELETE FROM feed_viewing",
    ],
)
def test_a_fact_cannot_be_changed_or_removed(change: str) -> None:
    telling.watch(make.clip(), at=timezone.now())

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert Viewing.objects.get().watched_ms == 6_000


@pytest.mark.django_db
def test_facts_cannot_be_emptied_at_once() -> None:
    telling.watch(make.clip())

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL vitrine.throw_away = 'off'")
        with pytest.raises(IntegrityError, match="never emptied"), transaction.atomic():
            cursor.execute("TRUNCATE feed_viewing")

    assert Viewing.objects.count() == 1


@pytest.mark.django_db
def test_the_facts_of_a_deleted_clip_can_go() -> None:
    clip = make.clip()
    telling.watch(clip)
    clip.delete(at=make.NOON)

    Viewing.objects.filter(clip=clip).delete()

    assert not Viewing.objects.exists()


@pytest.mark.django_db
def test_a_viewer_who_is_forgotten_leaves_the_counts_as_they_are() -> None:
    clip, viewer = make.clip(), make.person()
    for _ in range(2):
        telling.watch(clip, to=viewer.public_id, viewer=viewer)
    before = counted(clip)

    watching.forget_viewer(viewer.public_id)

    assert counted(clip) == before
    assert {fact.viewer[:2] for fact in Viewing.objects.all()} == {"x_"}
    assert not Watch.objects.exists()


@pytest.mark.django_db
def test_a_delivery_is_kept_as_long_as_a_fact_needs_it() -> None:
    clip, other = make.clip(), make.clip()
    telling.watch(clip)
    telling.deliver(other)

    assert deliveries.forget(before=make.NOON + timedelta(days=1)) == 1

    assert Delivery.objects.get().clip == clip


@pytest.mark.django_db
def test_the_tasks_count_and_forget() -> None:
    clip = make.clip()
    telling.watch(clip)
    tasks.count(0)
    stored = ClipDay.objects.get()

    tasks.forget(0)
    tasks.forget_deliveries(0)

    assert (stored.clip, stored.day, stored.reach) == (clip, DAY, 1)
    assert Viewing.objects.exists() is (local_day(timezone.now() - tasks.KEPT) <= DAY)


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

    assert costs == [8, 8]
    assert Viewing.objects.count() == 30


def test_a_day_stays_open_until_its_last_token_has_expired() -> None:
    midnight = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # in New York

    assert local_day(midnight - timedelta(seconds=1)) == DAY
    assert first_open(midnight + timedelta(hours=12, minutes=59)) == DAY
    assert first_open(midnight + timedelta(hours=13)) == DAY + timedelta(days=1)


def test_ids_of_one_page_share_all_but_the_place() -> None:
    clips = ["us_01HZZZZZZZZZZZZZZZZZZZZZZZ"] * 10
    ids = [
        impressions.read(token, clip=clips[0], viewer=KEY, at=make.NOON + AFTER).id
        for token in impressions.tokens(clips, to=KEY, source=Source.EMBED, at=make.NOON)
    ]

    assert [one.bytes[15] for one in ids] == list(range(10))
    assert len({one.bytes[:15] for one in ids}) == 1
    assert ids == sorted(ids)
    assert isinstance(ids[0], uuid.UUID)


def test_a_token_says_what_it_was_made_with() -> None:
    clip = "us_01HZZZZZZZZZZZZZZZZZZZZZZZ"
    for source in Source:
        (token,) = impressions.tokens([clip], to=KEY, source=source, at=make.NOON)

        read = impressions.read(token, clip=clip, viewer=KEY, at=make.NOON)

        assert (read.source, read.served_at) == (source, make.NOON)
        assert len(token) == 52
        assert KEY not in token


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(impressions.NotBelieved):
        impressions.read(text, clip="us_x", viewer=KEY, at=make.NOON)


@given(st.binary(max_size=80), st.integers(1, 200_000))
def test_what_was_seen_has_a_bit_for_each_second_of_the_clip(seen: bytes, duration_ms: int) -> None:
    kept = plausible.trimmed(seen, duration_ms=duration_ms)

    seconds = -(-duration_ms // 1000)
    assert len(kept) == -(-seconds // 8)
    wanted = int.from_bytes(seen, "little") % 2**seconds
    assert int.from_bytes(kept, "little") == wanted


@given(st.integers(0, 600_000), st.integers(1, 180_000), st.sampled_from([0.5, 1.0, 1.5, 2.0]))
def test_an_honest_browser_is_always_believed(ms: int, duration_ms: int, speed: float) -> None:
    """It watches on and on at one speed, beginning a moment after the page was served."""
    played_ms = int(ms * speed)
    seconds = min(played_ms // 1000 + 1, -(-duration_ms // 1000))
    told = Told(0, ms, played_ms // duration_ms, telling.seconds((0, seconds)), 0, 0)

    assert plausible.fault(told, elapsed_ms=ms, duration_ms=duration_ms) is None
