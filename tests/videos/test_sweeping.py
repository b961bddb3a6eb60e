"""The sweep: what ended is tidied away, and one broken row costs the others nothing."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests import make
from vitrine.accounts.models import Person
from vitrine.kernel import storage
from vitrine.videos import probe, purging, receiving, tasks
from vitrine.videos.models import Clip, Upload, UploadState

pytestmark = pytest.mark.django_db
LONG_AGO = make.NOON - timedelta(days=30)


def begun(owner: Person, content: bytes, state: UploadState = UploadState.RECEIVING) -> Upload:
    """Make an upload with a first part in the store, last touched long ago."""
    upload = receiving.begin(owner, length=len(content), filename="clip.mp4", at=LONG_AGO)
    receiving.append(upload, content, start=0, at=LONG_AGO)
    Upload.objects.filter(pk=upload.pk).update(state=state)
    upload.refresh_from_db()
    return upload


def test_an_upload_of_which_nothing_came_is_forgotten_unless_it_explains_a_draft() -> None:
    explains = begun(make.person(), b"x" * 9)
    begun(make.person(), b"x" * 9)
    Clip.objects.filter(upload=explains).update(title="Typed already")

    tasks.sweep(0)  # cancels both: they were touched long ago
    Upload.objects.update(touched_at=LONG_AGO)
    tasks.sweep(0)

    assert Upload.objects.get() == explains


@pytest.fixture
def poisoned() -> Iterator[Callable[[str], None]]:
    """Return what breaks the store below a folder: whoever looks there gets an error."""
    loops: list[Path] = []

    def break_below(folder: str) -> None:
        broken = settings.VITRINE_DATA / "store" / folder / "loop"
        broken.parent.mkdir(parents=True, exist_ok=True)
        broken.symlink_to(broken)
        loops.append(broken)

    yield break_below
    for loop in loops:
        loop.unlink()


def stored(upload: Upload) -> list[str]:
    return list(storage.list_keys(f"uploads/{upload.public_id}/"))


def test_one_broken_row_of_each_kind_does_not_stop_the_rest(
    shared: Path, caplog: pytest.LogCaptureFixture, poisoned: Callable[[str], None]
) -> None:
    creator = make.person()
    film = (shared / "media" / "odd" / "fragmented.mp4").read_bytes()
    lost, whole = (begun(creator, film, UploadState.COMPLETE) for _ in range(2))
    storage.delete(*lost.parts)
    stuck, stale = (begun(creator, b"x" * 9) for _ in range(2))
    stuck_end, ended = (begun(creator, b"x" * 9, UploadState.CANCELLED) for _ in range(2))
    bad_clip, clip = (make.clip(creator, original_key="originals/x/y") for _ in range(2))
    for one in (bad_clip, clip):
        one.delete(at=LONG_AGO)
    storage.put(clip.renditions.get().key, b"film")
    for folder in (
        f"uploads/{stuck.public_id}",
        f"uploads/{stuck_end.public_id}",
        f"renditions/{bad_clip.public_id}",
    ):
        poisoned(folder)

    with caplog.at_level(logging.ERROR):
        tasks.sweep(0)

    for upload in (lost, whole, stale):
        upload.refresh_from_db()
    assert (lost.state, whole.state) == (UploadState.COMPLETE, UploadState.ACCEPTED)
    assert stale.state == UploadState.CANCELLED
    assert [stored(upload) for upload in (whole, stale, ended)] == [[], [], []]
    ended.refresh_from_db()
    assert ended.parts == []  # its row still explains the draft
    assert not clip.renditions.exists()
    assert bad_clip.renditions.exists()
    left = {record.args[0] for record in caplog.records if isinstance(record.args, tuple)}
    assert left == {
        f"Upload {lost.pk}",
        f"Upload {stuck.pk}",
        f"Upload {stuck_end.pk}",
        f"Clip {bad_clip.pk}",
    }
    assert all(record.exc_info for record in caplog.records)


def test_a_refused_file_leaves_no_part_behind_not_even_one_of_a_lost_race() -> None:
    upload = begun(make.person(), b"this is no film")
    storage.put(f"uploads/{upload.public_id}/0000000000000-lost", b"of a killed sender")

    with pytest.raises(probe.NotAccepted):
        receiving.complete(upload, sha256=None, at=make.NOON)

    upload.refresh_from_db()
    assert (upload.state, upload.parts) == (UploadState.REFUSED, [])
    assert stored(upload) == []
    assert purging.forget_parts() == 0


def test_an_upload_in_use_is_left_alone() -> None:
    upload = begun(make.person(), b"x" * 9)
    Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now())

    tasks.sweep(0)

    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVING
    assert stored(upload) == upload.parts
    assert Clip.objects.filter(upload=upload).exists()
