"""What a person watched: shown, taken out, cleared, or never kept; and how long they watched."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.feed import telling
from tests.watch.test_feed import shown, signed_in
from vitrine.accounts.models import Person
from vitrine.feed import counting, history, impressions, screen_time, watching
from vitrine.feed.believing import WatchEvent
from vitrine.feed.days import local_day
from vitrine.feed.models import Habit, Viewing, Watch
from vitrine.feed.sources import Source
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db
NOON = make.NOON


@pytest.fixture(autouse=True)
def _kept_nothing() -> None:
    from vitrine.feed import deliveries, popularity, rejections  # noqa: PLC0415
    from vitrine.surfaces.watch import articles  # noqa: PLC0415

    popularity.forget()
    articles.forget()
    deliveries.drop()
    rejections.batch.drop()


def watch(clip: Clip, person: Person, ms: int = 6_000, **fields: object) -> int:
    return telling.watch(clip, ms, to=person.public_id, viewer=person, **fields)


def sit(clip: Clip, person: Person, *, minutes: int) -> None:
    """Have watched for so long today."""
    now = timezone.now()
    Viewing.objects.create(
        impression=uuid4(),
        sequence=0,
        clip=clip,
        viewer=person.public_id,
        device=b"",
        source="for_you",
        day=local_day(now),
        at=now,
        is_counted=True,
        watched_ms=minutes * 60_000,
        loops=0,
        seen=b"",
        taps=0,
        shares=0,
    )


def listed(person: Person) -> list[str]:
    days = signed_in(person).get("/history").context["watched"].days
    return [clip.public_id for _, clips in days for clip in clips]


def views(clip: Clip) -> int:
    day = local_day(NOON)
    return counting.total(counting.rows([clip.pk], since=day, until=day)).qualified


def test_a_history_is_by_day_the_latest_first_and_without_what_is_gone() -> None:
    viewer = make.person()
    one, two, gone = make.clip(), make.clip(), make.clip()
    watch(one, viewer)
    watch(two, viewer, at=NOON + timedelta(days=1))
    watch(gone, viewer)
    Clip.objects.filter(pk=gone.pk).update(visibility=Visibility.PRIVATE)

    assert listed(viewer) == [two.public_id, one.public_id]
    html = signed_in(viewer).get("/history").content.decode()
    assert "Sat, Nov 21" in html
    assert "Fri, Nov 20" in html
    assert listed(make.person()) == []


def test_what_is_taken_out_is_forgotten_and_does_not_come_again() -> None:
    viewer, one, two = make.person(), make.clip(), make.clip()
    client = signed_in(viewer)
    shown(client, "/")
    watch(one, viewer)
    watch(two, viewer)

    client.post(f"/history/{one.public_id}")

    assert listed(viewer) == [two.public_id]
    row = Watch.objects.get(clip=one)
    assert (row.watched_ms, row.loops, row.completed_at) == (0, 0, None)
    assert [fact.viewer[:2] for fact in Viewing.objects.filter(clip=one)] == ["x_"]
    assert shown(client, "/") == []


def test_clearing_forgets_all_and_changes_no_count() -> None:
    viewer, clip = make.person(), make.clip()
    client = signed_in(viewer)
    watch(clip, viewer)
    assert views(clip) == 1

    client.post("/history", {"method": "delete"})
    client.post("/history", {"method": "delete"})

    assert listed(viewer) == []
    assert not Viewing.objects.filter(viewer=viewer.public_id).exists()
    assert views(clip) == 1
    watch(clip, viewer)
    assert views(clip) == 1, "whoever clears and watches again is one viewer still"
    assert watching.take_back(key=viewer.public_id) == 0


def test_forgetting_a_clip_leaves_what_was_told_with_it() -> None:
    viewer, clips = make.person(), [make.clip() for _ in range(3)]
    marks = impressions.tokens(
        [one.public_id for one in clips],
        to=viewer.public_id,
        source=Source.FOR_YOU,
        at=timezone.now() - timedelta(minutes=3),
    )
    told = [
        WatchEvent(clip.public_id, mark, telling.told(6_000 + clip.pk))
        for clip, mark in zip(clips, marks, strict=True)
    ]

    def note() -> int:
        now, key = timezone.now(), viewer.public_id
        return watching.note(told, key=key, viewer=viewer, device=telling.DEVICE, at=now)

    assert note() == 3
    facts = Viewing.objects.order_by("place").values("clip", "watched_ms", "impression", "seen")
    before = list(facts)

    history.forget(viewer, clip=clips[1], at=timezone.now())

    assert list(facts) == before
    theirs = Viewing.objects.order_by("place").filter(viewer=viewer.public_id)
    assert [fact.clip for fact in theirs] == [clips[0], clips[2]]
    assert Viewing.objects.get(clip=clips[1]).viewer.startswith("x_")
    assert note() == 0, "it came before, under any name"


def test_paused_nothing_is_kept_and_the_view_counts_once_under_no_name() -> None:
    viewer, before, after = make.person(), make.clip(), make.clip()
    client = signed_in(viewer)
    shown(client, "/")
    watch(before, viewer)
    client.post("/history/pause")

    assert watch(before, viewer) == 1
    assert watch(after, viewer) == 1

    assert listed(viewer) == [before.public_id]
    assert Watch.objects.get(clip=after).watched_ms == 0
    assert not Viewing.objects.filter(clip=after, viewer=viewer.public_id).exists()
    assert (views(before), views(after)) == (1, 1)
    assert shown(client, "/") == []  # and neither comes again
    client.post("/history/pause", {"method": "delete"})
    watch(after, viewer)
    assert listed(viewer) == [after.public_id, before.public_id]
    assert views(after) == 1


def test_who_is_not_profiled_is_told_so_and_may_change_their_mind() -> None:
    viewer = make.person()
    client = signed_in(viewer)

    client.post("/history/profile", {"method": "delete"})

    assert Habit.of(viewer).unprofiled_at is not None
    assert "Not profiled since" in client.get("/history").content.decode()
    client.post("/history/profile")
    assert Habit.of(viewer).unprofiled_at is None


def test_minutes_are_summed_by_day_however_often_they_are_told() -> None:
    viewer, clip = make.person(), make.clip(duration_ms=180_000)
    token = telling.token(clip, to=viewer.public_id)
    watch(clip, viewer, 60_000, token=token)
    watch(clip, viewer, 120_000, token=token, sequence=1)
    Habit.pause(viewer, at=NOON)
    watch(clip, viewer, 60_000)
    history.forget(viewer, at=NOON)

    days = screen_time.by_day(viewer, days=7, at=NOON + timedelta(days=1))

    assert [ms // 60_000 for _, ms in days] == [0, 0, 0, 0, 0, 3, 0]


def test_a_reached_limit_ends_the_feeds_and_can_be_put_off() -> None:
    viewer, clip = make.person(), make.clip()
    make.clip()
    client = signed_in(viewer)
    answer = client.post("/screen-time", {"minutes": "5", "break_minutes": ""})
    assert answer.status_code == 302
    assert len(shown(client, "/")) == 2
    sit(clip, viewer, minutes=6)

    for url in ("/", "/for-you/more?from=5", "/following"):
        html = client.get(url).content.decode()
        assert "That is 6 minutes today" in html
        assert "15 more minutes" in html
    client.post("/screen-time/more")
    assert "as long as you wanted to watch" not in client.get("/").content.decode()
    client.post("/screen-time/done")
    assert "as long as you wanted to watch" in client.get("/").content.decode()
    assert "as long as you wanted to watch" not in Client().get("/").content.decode()


def test_a_break_is_suggested_once_for_each_stretch() -> None:
    viewer, clip = make.person(), make.clip()
    client = signed_in(viewer)
    client.post("/screen-time", {"minutes": "", "break_minutes": "5"})
    sit(clip, viewer, minutes=6)

    first, second = (client.get("/for-you/more?from=1").content.decode() for _ in range(2))

    assert "Time for a break?" in first
    assert "Time for a break?" not in second


@pytest.mark.parametrize("typed", ["2", "1441", "a while"])
def test_a_limit_that_makes_no_sense_is_said_and_kept_as_typed(typed: str) -> None:
    client = signed_in(make.person())

    answer = client.post("/screen-time", {"minutes": typed, "break_minutes": ""})

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()
    assert not Habit.objects.exists()
