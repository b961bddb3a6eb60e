"""From an accepted file to verified renditions, whatever dies on the way."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from vitrine.kernel import storage
from vitrine.kernel.invariants import Finding
from vitrine.videos import encoding, importing, invariants, jail, ladder, purging, reaping, scratch
from vitrine.videos import verify as verifying
from vitrine.videos.models import (
    Clip,
    Encoding,
    EncodingState,
    LeaseLost,
    NotReadyToPublish,
    Rendition,
)

pytestmark = pytest.mark.django_db


def noon() -> datetime:
    return make.NOON


def after(seconds: float) -> Callable[[], datetime]:
    return lambda: make.NOON + timedelta(seconds=seconds)


@pytest.fixture
def draft(shared: Path) -> Clip:
    creator = make.person()
    return importing.import_file(_small(shared), creator, at=make.NOON, description="A street.")


def _small(shared: Path) -> Path:
    return shared / "media" / "odd" / "fragmented.mp4"


def waiting_jobs() -> list[int]:
    jobs = ProcrastinateJob.objects.filter(task_name="videos.encode", status="todo")
    return [job.args["encoding_id"] for job in jobs]


def scratch_folders() -> list[Path]:
    return list(scratch.root().iterdir())


def stored(clip: Clip) -> set[str]:
    return set(storage.list_keys(f"renditions/{clip.public_id}/"))


def known(clip: Clip) -> set[str]:
    clip.refresh_from_db()
    return {clip.poster_key, *clip.renditions.values_list("key", flat=True)} - {""}


def test_a_draft_becomes_playable_and_ready(draft: Clip) -> None:
    assert waiting_jobs() == [draft.encoding.pk]
    with pytest.raises(NotReadyToPublish):
        draft.publish(at=make.NOON)

    encoding.encode(draft.encoding, clock=noon)

    draft.refresh_from_db()
    assert (draft.encoding.state, draft.encoding.progress) == (EncodingState.READY, 100)
    sizes = {r.name: (r.width, r.height) for r in draft.renditions.all()}
    assert sizes == {"540": (810, 540), "360": (540, 360), "720": (1080, 720)}
    assert 0 < len(draft.placeholder) <= 146
    assert stored(draft) == known(draft)
    assert scratch_folders() == []
    draft.publish(at=make.NOON)
    assert invariants.clips_play_and_preparings_end() == Finding(4, [])
    assert invariants.originals_are_kept() == Finding(1, [])


def before_others_are_verified(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once the first rendition is shown and the others are made, but unseen."""
    verify = verifying.verify

    def acting(rungs: list[ladder.Rung], *rest: Any, **options: Any) -> list[verifying.Verified]:
        if rungs[0].name != ladder.FIRST:
            act()
        return verify(rungs, *rest, **options)

    monkeypatch.setattr(encoding, "verify", acting)


def test_the_first_rendition_can_be_published_while_the_others_are_made(
    draft: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[str], bool]] = []

    def publish_now() -> None:
        clip = Clip.objects.get(pk=draft.pk)
        clip.publish(at=make.NOON)
        seen.append(([r.name for r in clip.renditions.all()], bool(clip.poster_key)))

    before_others_are_verified(monkeypatch, publish_now)

    encoding.encode(draft.encoding, clock=noon)

    assert seen == [(["540"], True)]
    assert Clip.objects.get(pk=draft.pk).renditions.count() == 3


def test_encoding_twice_does_the_work_once(draft: Clip) -> None:
    encoding.encode(draft.encoding, clock=noon)
    before = set(draft.renditions.values_list("pk", "key"))

    encoding.encode(Encoding.objects.get(clip=draft), clock=after(100))

    assert set(draft.renditions.values_list("pk", "key")) == before


def test_a_lease_keeps_a_second_worker_out(draft: Clip) -> None:
    mine, other = (Encoding.objects.get(clip=draft) for _ in range(2))

    assert mine.take(at=make.NOON) is True
    assert other.take(at=make.NOON + timedelta(seconds=29)) is False
    encoding.encode(other, clock=after(29))

    assert not draft.renditions.exists()
    assert Encoding.objects.get(clip=draft).fence == mine.fence


def test_a_worker_that_was_given_up_writes_nothing_more(draft: Clip) -> None:
    slow, quick = (Encoding.objects.get(clip=draft) for _ in range(2))
    slow.take(at=make.NOON)
    quick.take(at=make.NOON + timedelta(seconds=31))

    attempts: list[Callable[[], None]] = [
        lambda: slow.held(at=make.NOON, step="first", progress=1),
        lambda: slow.finish(at=make.NOON),
        lambda: slow.fail("late", at=make.NOON),
        lambda: slow.wait("late", after=timedelta(0), at=make.NOON),
    ]
    for late in attempts:
        with pytest.raises(LeaseLost):
            late()

    quick.held(at=make.NOON, step="first", progress=3)
    assert Encoding.objects.get(clip=draft).progress == 3


def test_a_worker_that_loses_its_lease_in_the_middle_leaves_no_half_file(
    draft: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = make.NOON + timedelta(seconds=31)
    before_others_are_verified(monkeypatch, lambda: Encoding.objects.get(clip=draft).take(at=late))
    encoding.encode(draft.encoding, clock=noon)
    monkeypatch.undo()

    assert [r.name for r in draft.renditions.all()] == ["540"]
    assert Encoding.objects.get(clip=draft).state == EncodingState.RUNNING
    encoding.encode(Encoding.objects.get(clip=draft), clock=after(100))
    assert Encoding.objects.get(clip=draft).state == EncodingState.READY
    assert stored(draft) == known(draft)


def test_a_dead_workers_job_is_ordered_again_within_two_minutes(draft: Clip) -> None:
    ProcrastinateJob.objects.all().delete()
    draft.encoding.take(at=make.NOON)

    assert reaping.reap(at=make.NOON + timedelta(seconds=29)) == 0
    assert reaping.reap(at=make.NOON + timedelta(seconds=45)) == 1
    assert reaping.reap(at=make.NOON + timedelta(seconds=60)) == 1

    assert waiting_jobs() == [draft.encoding.pk]
    encoding.encode(Encoding.objects.get(clip=draft), clock=after(61))
    assert Encoding.objects.get(clip=draft).state == EncodingState.READY


def test_an_order_that_was_lost_is_given_again(draft: Clip) -> None:
    ProcrastinateJob.objects.all().delete()

    reaping.reap(at=make.NOON + timedelta(seconds=31))

    assert waiting_jobs() == [draft.encoding.pk]


def test_a_clip_that_kills_every_worker_fails_with_a_reason(draft: Clip) -> None:
    at = make.NOON
    for _ in range(3):
        assert Encoding.objects.get(clip=draft).take(at=at) is True
        at += timedelta(seconds=40)

    reaping.reap(at=at)

    ended = Encoding.objects.get(clip=draft)
    assert ended.state == EncodingState.FAILED
    assert ended.reason == reaping.POISON
    assert ended.take(at=at) is False


def test_an_original_that_cannot_be_prepared_fails_with_a_reason_and_leaves_nothing(
    draft: Clip,
) -> None:
    storage.put(draft.original_key, b"\0\0\0\x18ftypmp42" + bytes(5000))

    for attempt in range(3):
        encoding.encode(Encoding.objects.get(clip=draft), clock=after(attempt * 10))

    ended = Encoding.objects.get(clip=draft)
    assert ended.state == EncodingState.FAILED
    assert ended.attempts == 3
    assert ended.reason == (
        "This video can't be decoded to its end. Export it again and send that."
    )
    assert stored(draft) == set()
    assert not Rendition.objects.exists()
    assert scratch_folders() == []


def test_a_rendition_that_is_not_whole_is_never_seen(
    draft: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = jail.started

    @contextmanager
    def cut(arguments: list[str], **walls: Any) -> Iterator[jail.Running]:
        with started(arguments, **walls) as running:
            yield running
        if "libx264" in arguments:
            for path in walls["folder"].glob("*.mp4"):
                path.write_bytes(path.read_bytes()[:-3000])

    monkeypatch.setattr(jail, "started", cut)

    encoding.encode(draft.encoding, clock=noon)

    waiting = Encoding.objects.get(clip=draft)
    assert waiting.state == EncodingState.WAITING
    assert waiting.reason
    assert not Rendition.objects.exists()
    assert Clip.objects.get(pk=draft.pk).poster_key == ""


def test_a_deleted_clip_is_purged_with_its_files_once_nobody_works_on_it(draft: Clip) -> None:
    encoding.encode(draft.encoding, clock=noon)
    files = [*stored(draft), draft.original_key]
    draft.delete(at=make.NOON)

    assert purging.purge_deleted_clips() == 1
    assert purging.purge_deleted_clips() == 0

    assert [key for key in files if storage.exists(key)] == []
    assert not Rendition.objects.exists()


def test_a_clip_deleted_while_it_waits_is_not_prepared(draft: Clip) -> None:
    draft.delete(at=make.NOON)

    encoding.encode(Encoding.objects.get(clip=draft), clock=noon)

    assert Encoding.objects.get(clip=draft).state == EncodingState.FAILED
    assert not Rendition.objects.exists()


def test_importing_a_file_twice_gives_one_clip(shared: Path, draft: Clip) -> None:
    again = importing.import_file(_small(shared), draft.creator, at=make.NOON)

    assert again == draft
    assert Clip.objects.count() == 1


def test_a_dead_processes_scratch_folder_is_swept_and_a_live_ones_kept() -> None:
    dead = scratch.root() / "dead"
    dead.mkdir()
    (dead / scratch.LOCK).touch()
    (dead / "source").write_bytes(b"left behind")

    with scratch.folder() as live:
        assert scratch.sweep() == 1
        assert live.exists()
        assert not dead.exists()

    assert scratch_folders() == []
    shutil.rmtree(scratch.root())


NO_ROOM = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("full", [NO_ROOM, storage.Full()])
def test_a_full_disk_is_waited_out_and_not_the_clips_fault(
    full: Exception, draft: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: Any, **__: Any) -> None:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(storage, "put", no_room)
        for minutes in range(4):
            encoding.encode(Encoding.objects.get(clip=draft), clock=after(120 * minutes))

    waiting = Encoding.objects.get(clip=draft)
    assert (waiting.state, waiting.attempts) == (EncodingState.WAITING, 0)
    assert waiting_jobs() == [waiting.pk]
    assert scratch_folders() == []
    encoding.encode(waiting, clock=after(900))
    assert Encoding.objects.get(clip=draft).state == EncodingState.READY
