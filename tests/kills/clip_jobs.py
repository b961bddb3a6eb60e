"""The jobs of clips: what is read of a film, what goes out on time, what is tidied up."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.kills.jobs import Job, kills, periodic, with_files
from tests.videos.drawing import Film, draw
from vitrine.accounts.models import Notice
from vitrine.accounts.telling import Kind
from vitrine.kernel import storage
from vitrine.videos import probe, receiving, roots
from vitrine.videos.models import (
    Caption,
    Clip,
    Encoding,
    EncodingState,
    Hearing,
    Like,
    Sound,
    Tally,
    Upload,
    UploadState,
    Waveform,
)
from vitrine.videos.scratch import root as scratch_root

# Of a film --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawn:
    content: bytes
    found: dict[str, Any]


@cache
def _drawn() -> _Drawn:
    """Draw a second of film with a tone in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = draw(Film("film.mp4", size=(108, 192)), Path(folder))
        return _Drawn(path.read_bytes(), probe.probe(path, max_seconds=9).remembered())


def _heard() -> Clip:
    """Make a clip whose original and rendition are a film with sound."""
    content = _drawn().content
    clip = make.clip(has_sound=True, duration_ms=_drawn().found["duration_ms"])
    original = roots.original(clip.public_id)
    Clip.objects.filter(pk=clip.pk).update(original_key=original, original_bytes=len(content))
    clip.renditions.update(size=len(content))
    for key in (original, clip.renditions.get().key):
        storage.put(key, content)
    return clip


@kills("videos.draw_waveform")
def draw_waveform() -> Job:
    clip = _heard()

    def is_done() -> None:
        assert max(Waveform.objects.get(clip=clip).peaks) > 100

    return Job({"clip_id": clip.pk}, is_done)


@kills("videos.hear")
def hear() -> Job:
    clip = _heard()
    Hearing.ask(clip, at=timezone.now())

    def is_done() -> None:
        found = Hearing.objects.get(clip=clip)
        assert found.ended_at is not None
        assert found.reason == ""
        caption = Caption.objects.get(clip=clip)
        assert caption.webvtt.count("Watch the lamp.") == 1
        assert caption.heard_at is not None

    return Job({"clip_id": clip.pk}, is_done)


@kills("videos.sounds")
def make_sounds() -> Job:
    clip = _heard()
    Encoding.objects.filter(clip=clip).update(found=_drawn().found)

    def is_done() -> None:
        sound = Sound.objects.get(origin=clip)
        assert list(storage.list_keys(f"sounds/{clip.public_id}/")) == [sound.key]
        assert hashlib.sha256(storage.get(sound.key)).digest() == bytes(sound.sha256 or b"")

    return Job({}, is_done)


@kills("videos.forget_cover")
def forget_cover() -> Job:
    clip = with_files(make.clip())
    old, new = (roots.cover(clip.public_id) for _ in range(2))
    for key in (old, new):
        storage.put(key, b"a picture")
    Clip.objects.filter(pk=clip.pk).update(cover_key=new)

    def is_done() -> None:
        assert list(storage.list_keys(f"covers/{clip.public_id}/")) == [new]

    return Job({"key": old}, is_done)


# On time ----------------------------------------------------------------------------------------


@kills("videos.publish_due")
def publish_due() -> Job:
    friend, due = make.person(), timezone.now() - timedelta(minutes=1)
    words = f"A lamp for @{friend.handle}"
    clips = [
        with_files(make.clip(draft=True, description=words, scheduled_at=due)) for _ in range(2)
    ]

    def is_done() -> None:
        out = Clip.objects.published().filter(pk__in=[clip.pk for clip in clips])
        assert out.filter(scheduled_at=None, schedule_trouble="").count() == 2
        told = Notice.objects.filter(person=friend, kind=Kind.MENTION)
        assert sorted(each.about for each in told) == sorted(clip.public_id for clip in clips)

    return periodic(is_done)


@kills("videos.fold_tallies")
def fold_tallies() -> Job:
    clip = with_files(make.clip())
    for _ in range(2):
        Like.give(clip, by=make.person(), at=make.NOON)

    def is_done() -> None:
        (tally,) = Tally.objects.filter(creator=clip.creator)
        assert (tally.visibility, tally.clips, tally.likes, tally.is_sum) == ("public", 1, 2, True)

    return periodic(is_done)


# Tidied up --------------------------------------------------------------------------------------


@kills("videos.reap")
def reap() -> Job:
    now = timezone.now()
    orphan, poison = (make.clip(draft=True) for _ in range(2))
    for clip, attempts in ((orphan, 1), (poison, 3)):
        Encoding.objects.filter(clip=clip).update(
            state=EncodingState.RUNNING, attempts=attempts, lease_until=now - timedelta(seconds=1)
        )
        with_files(clip)

    def is_done() -> None:
        assert Encoding.objects.get(clip=poison).state == EncodingState.FAILED
        ordered = ProcrastinateJob.objects.filter(
            task_name="videos.encode", args__encoding_id=orphan.encoding.pk
        )
        assert ordered.count() >= 1  # encoding twice is safe, and the second finds nothing to do
        # Nobody works here: it would be called still (V1) once the other jobs have taken long.
        Encoding.objects.filter(clip=orphan).update(lease_until=now + timedelta(hours=1))

    return periodic(is_done)


@kills("videos.sweep")
def sweep_videos() -> Job:
    before = timezone.now() - timedelta(days=8)
    creator = make.person()
    stale = receiving.begin(creator, length=9, filename="clip.mp4", at=before)
    receiving.append(stale, b"12345", start=0, at=before)
    gone = with_files(make.clip(creator))
    gone.delete(at=before)

    def is_done() -> None:
        assert Upload.objects.filter(pk=stale.pk, state=UploadState.RECEIVING).count() == 0
        assert list(storage.list_keys(f"uploads/{stale.public_id}/")) == []
        assert list(storage.list_keys(f"renditions/{gone.public_id}/")) == []
        assert not gone.renditions.exists()
        assert list(scratch_root().iterdir()) == []

    return periodic(is_done)
