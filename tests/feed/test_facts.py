"""Facts of views: never changed, counted by day, and forgotten once nothing needs them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import make
from tests.feed import telling
from tests.feed.reported import DAY, counted
from vitrine.feed import counting, deliveries, invariants, tasks, watching
from vitrine.feed.days import first_open, local_day
from vitrine.feed.models import ClipDay, CountedDay, Delivery, Viewing, Watch
from vitrine.sovereignty.checks import compare_with_database
from vitrine.videos.models import Clip, Rendition


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
        cursor.execute("ALTER TABLE feed_telling DISABLE TRIGGER feed_viewing_facts")

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
        "UPDATE feed_telling SET watched_ms = '{9}'",
        "UPDATE feed_telling SET viewer = 'v_other'",
        "UPDATE feed_telling SET viewer = 'x_other', watched_ms = '{9}'",
        "UPDATE feed_telling SET places = '{}', sequences = '{}', clips = '{}', counted = '{}',"
        " watched_ms = '{}', loops = '{}', seen = '{}', taps = '{}', shares = '{}'",
        "DELETE FROM feed_telling",
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
            cursor.execute("TRUNCATE feed_telling")

    assert Viewing.objects.count() == 1


@pytest.mark.django_db
def test_a_fact_that_an_earlier_release_writes_is_one_as_well_and_counts_once() -> None:
    telling.watch(make.clip(), at=timezone.now())
    told = "at, day, source, device, viewer, clip_id, is_counted, watched_ms, loops, seen"
    with connection.cursor() as cursor:
        for sequence in (0, 7, 7):
            cursor.execute(
                f"INSERT INTO feed_viewing (home_cell, impression, sequence, taps, shares, {told})"
                f" SELECT home_cell, impression, %s, 0, 0, {told} FROM feed_viewing LIMIT 1"
                " ON CONFLICT DO NOTHING RETURNING impression",
                [sequence],
            )

    facts = Viewing.objects.order_by("sequence")
    assert [fact.sequence for fact in facts] == [0, 7]
    assert len({fact.impression for fact in facts}) == 1


def parts() -> dict[str, int]:
    """Return how many facts there are in each part of the table that has some."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM feed_telling GROUP BY 1")
        return dict(cursor.fetchall())


def make_day(day: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_viewing_make(%s)", [day])
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_day_has_a_part_of_the_table_and_goes_whole_once_it_is_counted() -> None:
    now = timezone.now()
    old, young = now - timedelta(days=33), now - timedelta(days=20)
    assert make_day(local_day(old))
    assert make_day(local_day(young))
    clip = make.clip()
    for at in (old, young):
        telling.watch(clip, 9_000, seen=9, at=at)
    of_old, of_young = (f"feed_telling_d{local_day(at):%Y%m%d}" for at in (old, young))
    assert parts() == {of_old: 1, of_young: 1}

    assert counting.forget(before=local_day(now - tasks.KEPT)) == 0
    counting.roll_up(at=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert counting.forget(before=local_day(now)) == 1
    assert parts() == {of_young: 1}
    assert invariants.views_are_counted_from_facts().violations == []
    rows = counting.rows([clip.pk], since=local_day(old), until=local_day(now))
    assert [row.count.reach for row in rows] == [1, 1]


@pytest.mark.django_db
def test_the_next_days_are_made_once_and_guard_what_they_hold() -> None:
    at = timezone.now() + timedelta(days=10)

    assert counting.make_room(at=at) == counting.AHEAD + 1
    assert counting.make_room(at=at) == 0
    telling.watch(make.clip(), at=at)

    (part,) = parts()
    assert part == f"feed_telling_d{local_day(at):%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for change in ("DELETE FROM", "UPDATE", "TRUNCATE"):
            cursor.execute("SET LOCAL vitrine.throw_away = 'off'")
            rest = " SET watched_ms = '{1}'" if change == "UPDATE" else ""
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(f"{change} {part}{rest}")
    assert compare_with_database()[1] == []


@pytest.mark.django_db
def test_a_fact_of_a_day_that_nobody_made_is_kept_and_the_day_stays_where_it_is() -> None:
    at = timezone.now() + timedelta(days=10)
    telling.watch(make.clip(), at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert not make_day(local_day(at))

    assert parts() == {"feed_telling_rest": 1}


@pytest.mark.django_db
def test_a_clip_that_watches_name_cannot_be_deleted() -> None:
    kept = make.clip().pk
    assert Watch.objects.serve([kept], to="v_1", at=make.NOON) == {kept}

    with (
        pytest.raises(IntegrityError, match="watches name a clip"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM videos_clip WHERE id = %s", [kept])
    missing = kept + 1_000

    assert Watch.objects.serve([kept, missing], to="v_2", at=make.NOON) == {kept}
    watching.hide(Clip(pk=missing), key="v_2", at=make.NOON)
    assert set(Watch.objects.values_list("clip_id", flat=True)) == {kept}


@pytest.mark.django_db
def test_a_clip_that_facts_name_cannot_be_deleted() -> None:
    clip = make.clip()
    telling.watch(clip)
    for others in (Watch, Delivery, Rendition):
        others._default_manager.all().delete()

    with (
        pytest.raises(IntegrityError, match="facts of views name a clip"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM videos_clip")

    assert Viewing.objects.get().clip == clip


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


def test_a_day_stays_open_until_its_last_token_has_expired() -> None:
    midnight = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # in New York

    assert local_day(midnight - timedelta(seconds=1)) == DAY
    assert first_open(midnight + timedelta(hours=12, minutes=59)) == DAY
    assert first_open(midnight + timedelta(hours=13)) == DAY + timedelta(days=1)
