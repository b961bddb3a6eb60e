"""Make the sound of a clip alone, for its page and for the clips that use it."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from vitrine.kernel import storage, sweeping
from vitrine.videos import jail, ladder, loudness, probe, roots, scratch
from vitrine.videos.models import Clip, EncodingState, Sound
from vitrine.videos.verify import Unverified, whole_sound

AT_A_TIME = 20
MOST_BYTES = 64 * 1024 * 1024
LATER = "later"
"""The attempt that makes good for an earlier release. One name, since no encode follows to tidy up:
a worker that dies with the file written but no row is followed by one that writes the same again.
"""


def made(
    clip: Clip,
    found: probe.Probe,
    gain: str,
    *,
    folder: Path,
    attempt: str,
    at: datetime,
    tick: jail.Tick | None = None,
) -> dict[str, Any] | None:
    """Make, verify and store the sound of the source in a folder; return its row's fields.

    None where there is nothing to hear. Raises: Unverified, OutOfBounds, Full.
    """
    if not found.has_sound or found.loudness_lufs < loudness.SILENCE_LUFS:
        return None
    seconds = 60 + found.duration_ms // 100
    limits = jail.Limits(wall_seconds=seconds, cpu_seconds=seconds, file_bytes=MOST_BYTES)
    call = ladder.sound_call(gain, duration_ms=found.duration_ms)
    ended = jail.run(call, folder=folder, limits=limits, tick=tick)
    if ended.status != 0:
        raise Unverified(f"{ladder.SOUND}: ffmpeg ended with {ended.status}")
    path = folder / ladder.SOUND
    whole_sound(path, found, tick=tick)
    key = roots.sound(clip.public_id, attempt)
    storage.put(key, path, content_type=roots.content_type(key))
    return {
        "key": key,
        "size": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).digest(),
        "duration_ms": found.duration_ms,
        "made_at": at,
    }


def missing() -> QuerySet[Clip]:
    """Return published clips that are heard and have no sound: an earlier release prepared them."""
    return (
        Clip.objects.published()
        .filter(has_sound=True, own_sound=None, remix=None, encoding__state=EncodingState.READY)
        .filter(encoding__found__loudness_lufs__gte=loudness.SILENCE_LUFS)
        .select_related("encoding")
    )


def catch_up(*, at: datetime) -> int:
    """Make the sounds of some clips that have none; return how many went well."""

    def make(clip: Clip) -> None:
        found = probe.Probe.recalled(clip.encoding.found or {})
        with scratch.folder() as folder:
            source = folder / "source"
            storage.fetch_to(clip.original_key, source)
            gain = loudness.levelled(source, found)
            fields = made(clip, found, gain, folder=folder, attempt=LATER, at=at)
        if fields:
            sound, _ = Sound.objects.get_or_create(origin=clip, defaults=fields)
            if sound.key != fields["key"]:
                storage.delete(fields["key"])  # an encode was faster

    return len(sweeping.each(missing().order_by("-pk")[:AT_A_TIME], make))
