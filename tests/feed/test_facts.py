"""Facts of views: never changed, counted by day, and forgotten once nothing needs them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import make
from tests.feed import telling
from tests.feed.reported import DAY, counted
from vitrine.feed import counting, deliveries, invariants, tasks, watching
from vitrine.feed.days import first_open, local_day
from vitrine.feed.models import ClipDay, CountedDay, Delivery, Viewing, Watch


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


def test_a_day_stays_open_until_its_last_token_has_expired() -> None:
    midnight = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # in New York

    assert local_day(midnight - timedelta(seconds=1)) == DAY
    assert first_open(midnight + timedelta(hours=12, minutes=59)) == DAY
    assert first_open(midnight + timedelta(hours=13)) == DAY + timedelta(days=1)
