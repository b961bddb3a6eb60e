"""Get the film that a clip's renditions are made from: the original, or what is composed of it.

What has been composed is kept, so that a second try, a denser rendition and a change of the
creator's mind need the other's clip no more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.db import transaction

from vitrine.kernel import storage
from vitrine.videos import carrying, composites, ladder, loudness, probe, roots
from vitrine.videos.models import Clip, Remix, RemixKind, Rendition, Sound

STEP = "compose"
PERCENT_AFTER = 30
MOST_BYTES = 1 << 30


class OutOfReach(Exception):
    """What the clip is to be made with cannot be had any more; trying again would not help."""


class Bench(Protocol):
    """What composing needs of an attempt at a clip's renditions."""

    clip: Clip
    threads: int
    attempt: str
    clock: Callable[[], datetime]

    def begin(self, step: str, percent: int) -> None:
        """Say which step begins."""

    def beat(self) -> None:
        """Renew the lease. Raises: LeaseLost."""

    def fetch(self, key: str, path: Path) -> None:
        """Copy an object here."""

    def found(self, source: Path) -> probe.Probe:
        """Return what is known of the original."""

    def ffmpeg(
        self,
        arguments: list[str],
        found: probe.Probe,
        folder: Path,
        *,
        percent_after: int,
        file_bytes: int,
    ) -> None:
        """Run one call of ffmpeg in the jail."""


@dataclass(frozen=True)
class Film:
    """What the ladder takes. picture, sound: files in the folder; sound "": the picture's own.

    is_whole: all its creator's own, so that its sound may be lent to others.
    """

    found: probe.Probe
    picture: str = composites.OWN
    sound: str = ""
    is_whole: bool = True

    @property
    def heard(self) -> str:
        """Return the file whose sound is heard."""
        return self.sound or self.picture


def film(bench: Bench, folder: Path) -> Film:
    """Fetch what a clip's renditions are made from, composing it first where that is missing.

    Raises: OutOfReach, CallFailed, OutOfBounds, LeaseLost.
    """
    remix = Remix.objects.select_related("origin__creator", "origin__own_sound")
    of = remix.filter(clip=bench.clip).first()
    if of is None:
        return Film(_original(bench, folder))
    if of.kind == RemixKind.SOUND:
        return _with_sound(bench, of, folder)
    if of.composed_key:
        bench.fetch(of.composed_key, folder / composites.COMPOSED)
    else:
        own = _original(bench, folder)
        theirs = _theirs(bench, of, folder)
        call = _picture_call(of, own, theirs, bench.threads)
        heard_ms = theirs.duration_ms if theirs.has_sound else 0
        _compose(bench, of, own, call, folder, heard_ms=heard_ms)
    path = folder / composites.COMPOSED
    found = probe.probe(path, max_seconds=float("inf"))
    return Film(found, composites.COMPOSED, is_whole=False)


def _original(bench: Bench, folder: Path) -> probe.Probe:
    path = folder / composites.OWN
    bench.fetch(bench.clip.original_key, path)
    return bench.found(path)


def _with_sound(bench: Bench, of: Remix, folder: Path) -> Film:
    """Leave the pictures as they are; only what is heard is made anew."""
    own = _original(bench, folder)
    if of.composed_key:
        bench.fetch(of.composed_key, folder / composites.COMPOSED)
    else:
        sound = _their_sound(of)
        _fetch_theirs(bench, sound.key, folder / composites.THEIRS, of)
        call = composites.sound_call(
            own, sound_ms=sound.duration_ms, own_level=of.own_level if own.has_sound else 0
        )
        _compose(bench, of, own, call, folder, heard_ms=sound.duration_ms)
    lufs, peak = loudness.heard(folder / composites.COMPOSED)
    found = replace(own, has_sound=True, loudness_lufs=lufs, peak_dbfs=peak)
    return Film(found, composites.OWN, composites.COMPOSED, is_whole=False)


def _picture_call(of: Remix, own: probe.Probe, theirs: probe.Probe, threads: int) -> list[str]:
    if of.kind == RemixKind.DUET:
        return composites.duet_call(own, theirs, threads=threads)
    return composites.stitch_call(
        own, theirs, from_ms=of.from_ms, until_ms=of.until_ms, threads=threads
    )


def _open_origin(of: Remix) -> Clip:
    """Return the origin as it is now, if it is still open. Raises: OutOfReach."""
    kind = RemixKind(of.kind)
    if of.origin.deleted_at is not None:
        raise OutOfReach(f"The clip of @{of.origin.creator.handle} has been deleted")
    if not Clip.objects.open_to(of.clip.creator, kind).filter(pk=of.origin_id).exists():
        raise OutOfReach(
            f"@{of.origin.creator.handle} has closed the clip for {_PLURALS[kind]} meanwhile"
        )
    return of.origin


_PLURALS = {
    RemixKind.SOUND: "use of its sound",
    RemixKind.DUET: "duets",
    RemixKind.STITCH: "stitches",
}


def _theirs(bench: Bench, of: Remix, folder: Path) -> probe.Probe:
    """Fetch the origin's largest rendition: verified, upright, small, and without metadata."""
    films = Rendition.objects.filter(clip=_open_origin(of), encoder=ladder.H264)
    rendition = films.order_by("-width").first()
    if rendition is None:
        raise OutOfReach(f"The clip of @{of.origin.creator.handle} can't be played any more")
    path = folder / composites.THEIRS
    _fetch_theirs(bench, rendition.key, path, of)
    return probe.probe(path, max_seconds=float("inf"))


def _their_sound(of: Remix) -> Sound:
    origin = _open_origin(of)
    sound = Sound.objects.filter(origin=origin).exclude(key="").first()
    if sound is None:
        raise OutOfReach(f"The sound of @{origin.creator.handle} is gone")
    return sound


def _fetch_theirs(bench: Bench, key: str, path: Path, of: Remix) -> None:
    try:
        bench.fetch(key, path)
    except storage.Missing:
        raise OutOfReach(f"The clip of @{of.origin.creator.handle} has been deleted") from None


def _compose(
    bench: Bench, of: Remix, own: probe.Probe, call: list[str], folder: Path, *, heard_ms: int
) -> None:
    """Run the call, keep what came of it, and tell the database under the lease.

    heard_ms: how long the other's clip is heard, if the own one does not end before.
    """
    bench.begin(STEP, 0)
    bench.ffmpeg(call, own, folder, percent_after=PERCENT_AFTER, file_bytes=MOST_BYTES)
    key = roots.composed(bench.clip.public_id, bench.attempt)
    storage.put(key, folder / composites.COMPOSED)
    with transaction.atomic():
        bench.beat()
        Remix.objects.filter(pk=of.pk).update(composed_key=key)
        carrying.carry(of, heard_ms=min(heard_ms, own.duration_ms), at=bench.clock())
