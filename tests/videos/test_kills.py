"""``kill -9`` in the middle: of a worker, of ffmpeg, of the completing of an upload."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connection

from tests import films, make
from tests.videos.drawing import Film, draw
from vitrine.kernel import storage
from vitrine.videos import (
    encoding,
    importing,
    invariants,
    ladder,
    probe,
    purging,
    reaping,
    receiving,
    scratch,
)
from vitrine.videos.models import (
    Audience,
    Clip,
    Encoding,
    EncodingState,
    Remix,
    RemixKind,
    Rendition,
    Upload,
    UploadState,
)

SOURCE = Path(__file__).resolve().parents[2] / "src"
WORKER = """
import sys, django
django.setup()
from django.utils import timezone
from vitrine.videos import encoding
from vitrine.videos.models import Encoding
encoding.encode(Encoding.objects.get(pk=int(sys.argv[1])), clock=timezone.now)
"""


def worker(of: Encoding) -> "subprocess.Popen[bytes]":
    """Start a process that does what a worker does, on the test's own database."""
    database = connection.settings_dict
    url = "postgresql://{USER}@/{NAME}?host={HOST}&port={PORT}".format_map(database)
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(of.pk)],
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "VITRINE_DATABASE_URL": url,
        },
    )


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return films.real_or_drawn("odd/rotated-m90-5.1-audio.mp4", "mended-bowl", folder)


@pytest.fixture
def draft(film: Path) -> Iterator[Clip]:
    yield importing.import_file(film, make.person(), at=datetime.now(UTC))
    scratch.sweep()  # of the workers that were killed
    storage.delete(*storage.list_keys(""))


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_moment_loses_nothing_and_shows_nothing_half(draft: Clip) -> None:
    dice = random.Random(540)
    for _ in range(6):
        process = worker(draft.encoding)
        time.sleep(dice.uniform(0.4, 2.6))
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        psutil.wait_procs(children, timeout=5)

        assert not any(child.is_running() for child in children)
        for rendition in Rendition.objects.all():
            assert storage.stat(rendition.key).size == rendition.size
        assert storage.exists(draft.original_key)
        # As if half a minute had passed; the attempts of this test are not the clip's fault.
        Encoding.objects.filter(clip=draft).under_way().update(lease_until=None, attempts=0)

    assert worker(draft.encoding).wait() == 0

    assert Encoding.objects.get(clip=draft).state == EncodingState.READY
    names = {str(rung.name) for rung in ladder.rungs(draft.width, draft.height)}
    assert {r.name for r in draft.renditions.all()} == names
    draft.refresh_from_db()
    known = {draft.poster_key, *draft.renditions.values_list("key", flat=True)}
    assert set(storage.list_keys(f"renditions/{draft.public_id}/")) == known
    scratch.sweep()
    assert list(scratch.root().iterdir()) == []
    for check in (invariants.clips_play_and_preparings_end, invariants.originals_are_kept):
        assert check().violations == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_composes_leaves_nothing_half(tmp_path: Path) -> None:
    drawn = [draw(Film(name, size=(108, 192), length=2.0), tmp_path) for name in ("a.mp4", "b.mp4")]
    at = datetime.now(UTC)
    origin, duet = (importing.import_file(path, make.person(), at=at) for path in drawn)
    encoding.encode(origin.encoding, clock=lambda: at)
    Clip.objects.filter(pk=origin.pk).update(published_at=at)
    Remix.objects.create(clip=duet, origin=origin, kind=RemixKind.DUET, created_at=at)
    Clip.objects.filter(pk=origin.pk).update(duets=Audience.EVERYONE)
    process = worker(duet.encoding)
    _wait_for_ffmpeg(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    later = at + timedelta(minutes=1)
    assert reaping.reap(at=later) == 1

    encoding.encode(Encoding.objects.get(clip=duet), clock=lambda: later)

    assert Encoding.objects.get(clip=duet).state == EncodingState.READY
    composed = Remix.objects.get(clip=duet).composed_key
    assert list(storage.list_keys(f"composed/{duet.public_id}/")) == [composed]
    duet.refresh_from_db()
    assert (duet.width, duet.height) == (216, 192)
    for check in (invariants.clips_play_and_preparings_end, invariants.originals_are_kept):
        assert check().violations == []
    scratch.sweep()
    storage.delete(*storage.list_keys(""))


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_clip_goes_on_by_the_reaper_within_two_minutes(draft: Clip) -> None:
    process = worker(draft.encoding)
    _wait_for_ffmpeg(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed_at = datetime.now(UTC)

    for seconds in range(0, 120, 15):
        if reaping.reap(at=killed_at + timedelta(seconds=seconds)):
            break

    assert seconds <= 45
    again = killed_at + timedelta(seconds=seconds)
    encoding.encode(Encoding.objects.get(clip=draft), clock=lambda: again)
    assert Encoding.objects.get(clip=draft).state == EncodingState.READY


@pytest.mark.django_db(transaction=True)
def test_a_killed_ffmpeg_is_tried_again(draft: Clip) -> None:
    process = worker(draft.encoding)
    os.kill(_wait_for_ffmpeg(process.pid).pid, signal.SIGKILL)

    assert process.wait() == 0

    waiting = Encoding.objects.get(clip=draft)
    assert waiting.state in (EncodingState.WAITING, EncodingState.READY)
    later = datetime.now(UTC) + timedelta(seconds=6)
    encoding.encode(waiting, clock=lambda: later)
    assert Encoding.objects.get(clip=draft).state == EncodingState.READY


def _wait_for_ffmpeg(pid: int) -> psutil.Process:
    for _ in range(1500):
        for child in psutil.Process(pid).children(recursive=True):
            if "ffmpeg" in child.name():
                return child
        time.sleep(0.02)
    raise AssertionError("ffmpeg did not start")


class Killed(BaseException):
    """Stands for the end of the process: nothing may catch it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("steps_lived", range(7))
def test_completing_can_be_repeated_after_a_kill_at_any_step(
    steps_lived: int, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = film.read_bytes()
    upload = receiving.begin(make.person(), length=len(content), filename="clip.mp4", at=make.NOON)
    half = len(content) // 2
    receiving.append(upload, content[:half], start=0, at=make.NOON)
    receiving.append(upload, content[half:], start=half, at=make.NOON)
    steps = 0

    def mortal(function: object) -> object:
        def step(*args: object, **kwargs: object) -> object:
            nonlocal steps
            steps += 1
            if steps > steps_lived:
                raise Killed
            return function(*args, **kwargs)  # type: ignore[operator]

        return step

    with monkeypatch.context() as patch:
        for holder, name in (
            (Upload, "move"),
            (storage, "stream"),
            (probe, "probe"),
            (storage, "adopt"),
            (receiving, "place"),
            (storage, "delete"),
        ):
            patch.setattr(holder, name, mortal(getattr(holder, name)))
        with pytest.raises(Killed):
            receiving.complete(upload, sha256=None, at=make.NOON)

    again = Upload.objects.get(pk=upload.pk)
    clip = receiving.complete(again, sha256=None, at=make.NOON)

    assert Upload.objects.get(pk=upload.pk).state == UploadState.ACCEPTED
    assert storage.get(clip.original_key) == content
    assert Encoding.objects.filter(clip=clip).count() == 1
    assert invariants.originals_are_kept().violations == []
    purging.forget_parts()
    assert list(storage.list_keys(f"uploads/{upload.public_id}/")) == []
