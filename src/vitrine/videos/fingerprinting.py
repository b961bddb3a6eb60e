"""Take a clip's fingerprint from its first rendition, and look it up before anybody sees it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from procrastinate.contrib.django import app

from vitrine.videos import fingerprints, jail
from vitrine.videos.fingerprints import Query
from vitrine.videos.models import BannedPrint, Cause, Clip, Fingerprint, Takedown

LIMITS = jail.Limits(wall_seconds=120, cpu_seconds=120, file_bytes=1 << 20)
MAX_PIXELS = 1 << 24
NEWEST = 3_000
"""Clips of others that a new one is compared with: about ten seconds of a core."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A clip's fingerprint, and the banned one that it is a copy of, if any."""

    kept: fingerprints.Print
    banned: BannedPrint | None


def take(path: Path, *, has_sound: bool, tick: jail.Tick | None = None) -> Taken:
    """Take the fingerprint of a finished rendition, and look for it among the banned.

    Raises: jail.OutOfBounds.
    """
    source = [*("-loglevel", "error"), *jail.source(path.name, max_pixels=MAX_PIXELS)]

    def printed(wanted: list[str]) -> bytes:
        ended = jail.run([*source, *wanted], folder=path.parent, limits=LIMITS, tick=tick)
        return ended.output

    shown = fingerprints.frames(printed(fingerprints.PICTURES))
    heard = fingerprints.samples(printed(fingerprints.SOUND) if has_sound else b"")
    query = Query.of(shown, heard)
    banned = BannedPrint.objects.in_force().order_by("-at").iterator(chunk_size=500)
    found = (row for row in banned if fingerprints.likeness(query, row.print).is_copy)
    return Taken(fingerprints.fingerprint(shown, heard), next(found, None))


def keep(clip: Clip, taken: Taken, *, at: datetime) -> None:
    """Keep what was taken, in the caller's transaction; a banned film is hidden with it.

    The decision about it, or the comparing with others, is a job of ``safety``, which stands above.
    """
    Fingerprint.keep(clip, taken.kept, at=at)
    if taken.banned is None:
        app.configure_task("safety.compare", queue="encode", priority=-1).defer(clip_id=clip.pk)
        return
    Takedown.objects.bulk_create(
        [Takedown(clip=clip, cause=Cause.MATCHED, at=at)], ignore_conflicts=True
    )
    app.configure_task("safety.recognise", queue="settle").defer(
        clip_id=clip.pk, banned_id=taken.banned.pk
    )


def original_of(clip: Clip) -> Clip | None:
    """Return the clip of another creator, out before, that this one is a copy of, if any.

    Kept prints are compared, mirrored ones included through the query's own. Queries: 2.
    """
    own = Fingerprint.objects.filter(clip=clip).first()
    if own is None:
        return None
    query = Query.kept(own.print)
    others = Fingerprint.objects.filter(clip__in=Clip.objects.published(), pk__lt=own.pk)
    newest = others.exclude(clip__creator=clip.creator_id).order_by("-pk")[:NEWEST]
    for row in newest.select_related("clip__creator").iterator(chunk_size=200):
        if fingerprints.likeness(query, row.print).is_copy:
            return row.clip
    return None
