"""Who is prepared next, and the denser rendition of clips that are watched often."""

import io
import json
from pathlib import Path

import av
import pytest
from django.db import connection
from pytest_django import Settings

from tests import films, make
from vitrine.accounts.models import Person
from vitrine.feed import earning
from vitrine.feed.models import ClipDay
from vitrine.kernel import storage
from vitrine.surfaces.watch import exhibits
from vitrine.videos import encoding, importing, reaping
from vitrine.videos.models import Clip, Encoding, EncodingState

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(tmp_path: Path) -> Clip:
    film = films.real_or_drawn("odd/moov-at-end.mp4", "mended-bowl", tmp_path)
    clip = importing.import_file(film, make.person(), at=make.NOON, description="A bowl.")
    encoding.encode(clip.encoding, clock=lambda: make.NOON)
    clip.publish(at=make.NOON)
    return clip


def ordered(creator: Person) -> Encoding:
    """Order the preparing of one more clip of a creator."""
    draft = Clip.objects.create(creator=creator, created_at=make.NOON)
    order = Encoding.objects.create(clip=draft, created_at=make.NOON)
    order.order()
    return order


def next_job() -> int:
    """Take a job from the queue as a worker does; return whose encoding it is for."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        cursor.execute("SELECT (procrastinate_fetch_job_v2(ARRAY['encode'], %s)).args", [worker])
        (arguments,) = cursor.fetchone()
    return int(json.loads(arguments)["encoding_id"])


def test_nobody_waits_behind_all_that_another_creator_sends() -> None:
    busy, calm, late = make.person(), make.person(), make.person()
    of_busy = [ordered(busy) for _ in range(3)]
    of_calm = [ordered(calm) for _ in range(2)]
    of_late = ordered(late)

    turns = [next_job() for _ in range(6)]

    fair = [of_busy[0], of_calm[0], of_late, of_busy[1], of_calm[1], of_busy[2]]
    assert turns == [order.pk for order in fair]


def test_what_is_ordered_again_keeps_its_turn() -> None:
    busy = make.person()
    of_busy = [ordered(busy) for _ in range(3)]
    of_calm = ordered(make.person())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")

    reaping.reap(at=make.NOON.replace(hour=23))

    assert [next_job() for _ in range(2)] == [of_busy[0].pk, of_calm.pk]


def test_refining_waits_until_every_new_clip_is_prepared() -> None:
    watched = make.clip()
    watched.encoding.refine(at=make.NOON)
    busy = watched.creator
    new = [ordered(busy), ordered(busy)]

    assert [next_job() for _ in range(3)] == [new[0].pk, new[1].pk, watched.encoding.pk]


def test_a_clip_that_earned_it_is_encoded_more_densely_and_keeps_all_else(ready: Clip) -> None:
    before = set(ready.renditions.values_list("name", "key"))

    assert ready.encoding.refine(at=make.NOON)
    assert not Encoding.objects.get(clip=ready).refine(at=make.NOON)
    encoding.encode(Encoding.objects.get(clip=ready), clock=lambda: make.NOON)

    renditions = {one.name: one for one in ready.renditions.all()}
    first, dense = renditions["540"], renditions.pop("540av1")
    assert {(one.name, one.key) for one in renditions.values()} == before
    assert Encoding.objects.get(clip=ready).state == EncodingState.READY
    assert (dense.encoder, dense.codecs[:7]) == ("libsvtav1", "av01.0.")
    assert (dense.width, dense.height) == (first.width, first.height)
    assert dense.size < first.size
    with av.open(io.BytesIO(storage.get(dense.key)), "r") as film:
        (picture,) = film.streams.video
        assert picture.codec_context.name == "libdav1d"
        assert len(list(film.decode(video=0))) == pytest.approx(
            ready.duration_ms / 1000 * float(picture.average_rate or 0), abs=2
        )
    assert not Encoding.objects.get(clip=ready).refine(at=make.NOON)


def test_players_are_told_which_source_not_everybody_can_play(ready: Clip) -> None:
    make.rendition(ready, "541", encoder="libsvtav1", key=f"renditions/{ready.public_id}/a.mp4")

    (shown,) = exhibits.of_clips([ready.pk])

    assert shown.sources.count('"c":') == 1
    assert shown.default_source == ready.renditions.get(name="540").url


@pytest.mark.parametrize(
    "views, limit, is_out, refined",
    [(1000, 1000, True, 1), (999, 1000, True, 0), (5000, 0, True, 0), (5000, 1000, False, 0)],
)
def test_views_that_count_earn_a_denser_rendition(
    views: int, limit: int, is_out: bool, refined: int, settings: Settings
) -> None:
    settings.VITRINE_AV1_VIEWS = limit
    clip = make.clip(draft=not is_out)
    sums = dict.fromkeys("watched_ms skipped finished taps shares follows".split(), 0)
    for source, part in (("for_you", views - 400), ("link", 400)):
        ClipDay.objects.create(
            clip=clip, day=make.NOON, source=source, reach=90_000, qualified=part, seen=[], **sums
        )

    assert earning.refine(at=make.NOON) == refined
    assert earning.refine(at=make.NOON) == 0

    state = EncodingState.WAITING if refined else EncodingState.READY
    assert Encoding.objects.get(clip=clip).state == state
