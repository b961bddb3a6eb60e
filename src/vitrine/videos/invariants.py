"""What ``vitrine check`` asks of videos."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from vitrine.kernel import storage
from vitrine.kernel.invariants import Finding, invariant
from vitrine.videos import roots, tallying
from vitrine.videos.models import (
    Clip,
    Encoding,
    EncodingState,
    Remix,
    Rendition,
    Sound,
    Visibility,
)

GRACE = timedelta(minutes=2)


@invariant("V1", "A published clip plays, and every preparing ends within minutes")
def clips_play_and_preparings_end() -> Finding:
    """Look for published clips without a whole rendition, and for preparings without an end."""
    broken: list[str] = []
    published = Clip.objects.published()
    renditions = Rendition.objects.filter(clip=OuterRef("pk"))
    broken += [
        f"clip {clip.public_id} is published and has no rendition"
        for clip in published.filter(~Exists(renditions))
    ]
    checked = published.count()
    for rendition in Rendition.objects.filter(clip__deleted_at=None).select_related("clip"):
        checked += 1
        size = _size(rendition.key)
        if size != rendition.size:
            broken.append(f"{rendition.key} has {size} of {rendition.size} bytes")
    covers = Clip.objects.kept().exclude(cover_key="").values_list("public_id", "cover_key")
    checked += len(covers)
    broken += [f"the cover of clip {clip} is gone" for clip, key in covers if not _size(key)]
    late = Encoding.objects.under_way().filter(lease_until__lt=Now() - GRACE)
    broken += [f"the preparing of clip {one.clip_id} has stood still" for one in late]
    ended_without_reason = Encoding.objects.filter(state=EncodingState.FAILED, reason="")
    broken += [f"the preparing of clip {e.clip_id} failed mutely" for e in ended_without_reason]
    return Finding(checked, broken)


@invariant("V2", "An original is kept until its renditions are verified")
def originals_are_kept() -> Finding:
    """Look for clips whose original is gone or cut, or that lack what was composed of it."""
    clips = Clip.objects.kept().exclude(original_key="")
    broken = [
        f"the original of clip {clip.public_id} has {size} of {clip.original_bytes} bytes"
        for clip in clips
        if (size := _size(clip.original_key)) != clip.original_bytes
    ]
    composed = Remix.objects.filter(clip__deleted_at=None).exclude(composed_key="")
    broken += [
        f"what was composed for clip {remix.clip_id} is gone"
        for remix in composed
        if not _size(remix.composed_key)
    ]
    return Finding(clips.count() + composed.count(), broken)


@invariant("P1", "Visibility holds: each clip's bytes are its own, and the deleted are not out")
def visibility_holds() -> Finding:
    """Look for files that answer for another clip than the one whose folder they lie in.

    Bytes are let out by the row that names them: a row that named a private clip's file would
    open it to whoever may see the row's own clip.
    """
    films = Rendition.objects.values_list("clip__public_id", "key")
    clips = Clip.objects.values_list(
        "public_id", "poster_key", "original_key", "cover_key"
    ).iterator()
    named = [(clip, key, roots.RENDITIONS) for clip, key in films.iterator()]
    for clip, poster, original, cover in clips:
        named += [(clip, poster, roots.RENDITIONS), (clip, original, roots.ORIGINALS)]
        named.append((clip, cover, roots.COVERS))
    sounds = Sound.objects.values_list("origin__public_id", "key")
    named += [(clip, key, roots.SOUNDS) for clip, key in sounds.iterator()]
    composed = Remix.objects.values_list("clip__public_id", "composed_key")
    named += [(clip, key, roots.COMPOSED) for clip, key in composed.iterator()]
    broken = [
        f"clip {clip} lets {key} be seen, which is not its own"
        for clip, key, root in named
        if key and not key.startswith(f"{root}/{clip}/")
    ]
    wrong = Clip.objects.exclude(visibility__in=Visibility.values)
    wrong |= Clip.objects.filter(deleted_at__isnull=False, published_at__isnull=False)
    broken += [
        f"clip {clip.public_id} is deleted and out, or shown to nobody knows whom" for clip in wrong
    ]
    return Finding(len(named) + Clip.objects.count(), broken)


@invariant("V3", "A profile's numbers are those of its clips and their likes")
def tallies_are_true() -> Finding:
    """Count everything, and look for creators whose sums are others."""
    return Finding(*tallying.compared())


def _size(key: str) -> int:
    """Return an object's size, or 0 where it is gone."""
    try:
        return storage.stat(key).size
    except storage.Missing:
        return 0
