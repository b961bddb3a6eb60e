"""Take the demo's films in as clips, by the way that uploads take, and publish them."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.catalog import tagging
from vitrine.catalog.models import Product
from vitrine.ops.demo.reels import REELS, Reel
from vitrine.videos import receiving
from vitrine.videos.models import (
    PERMISSIONS,
    Audience,
    Caption,
    Clip,
    Comment,
    Like,
    Upload,
    UploadState,
)

APART = timedelta(hours=5, minutes=17)
"""Between one clip and the next; the first in REELS is the newest."""


def missing() -> list[str]:
    """Return the slugs of films that are no clip yet, the most beautiful first.

    A clip that somebody deleted is not missing.
    """
    names = [_filename(slug) for slug in REELS]
    over = [UploadState.COMPLETE, UploadState.ACCEPTED]
    present = Upload.objects.filter(filename__in=names, state__in=over)
    taken = set(present.values_list("filename", flat=True))
    return [slug for slug in REELS if _filename(slug) not in taken]


def take_in(slug: str, file: Path, cast: dict[str, Person], *, at: datetime) -> None:
    """Upload a film as its creator would. An upload that was cut off before is cancelled."""
    creator = cast[REELS[slug].creator]
    halves = Upload.objects.filter(
        owner=creator, filename=_filename(slug), state=UploadState.RECEIVING
    )
    for half in halves:
        receiving.cancel(half, at=at)
    content = file.read_bytes()
    upload = receiving.begin(creator, length=len(content), filename=_filename(slug), at=at)
    while upload.offset < len(content):
        part = content[upload.offset : upload.offset + receiving.PART_BYTES]
        receiving.append(upload, part, start=upload.offset, at=at)
    receiving.complete(upload, sha256=hashlib.sha256(content).digest(), at=at)


def finish(cast: dict[str, Person], *, at: datetime) -> int:
    """Title, tag and publish each film that plays, and let people talk. Return how many wait.

    A clip without a title is one that nobody, demo or person, has touched yet.
    """
    untouched = Clip.objects.kept().filter(
        upload__filename__in=[_filename(slug) for slug in REELS],
        upload__state=UploadState.ACCEPTED,
        title="",
    )
    waiting = 0
    for clip in untouched.select_related("upload", "creator"):
        if clip.renditions.exists() and clip.upload is not None:
            slug = clip.upload.filename.removeprefix("demo-").removesuffix(".mp4")
            _publish(clip, slug, cast, at=at)
        elif not clip.encoding.finished_at:
            waiting += 1
    return waiting


@transaction.atomic
def _publish(clip: Clip, slug: str, cast: dict[str, Person], *, at: datetime) -> None:
    reel = REELS[slug]
    shown_at = at - timedelta(minutes=38) - APART * list(REELS).index(slug)
    Clip.objects.filter(pk=clip.pk).update(
        title=reel.title, description=reel.description, created_at=shown_at - timedelta(minutes=9)
    )
    Caption.objects.get_or_create(clip=clip, language="en", defaults={"webvtt": reel.webvtt()})
    everyone = dict.fromkeys(PERMISSIONS.values(), Audience.EVERYONE)
    Clip.objects.filter(pk=clip.pk).update(**everyone, commercial_use=True)
    _tag(clip, reel)
    clip.publish(at=shown_at)
    for k, (handle, text) in enumerate(reel.remarks):
        said_at = shown_at + timedelta(minutes=6 + 8 * k)
        Comment.say(clip, text, by=cast[handle], at=said_at)
    for k, person in enumerate(cast.values()):
        if (k * 7 + len(slug) * 3) % 5 < 3 and person.pk != clip.creator_id:
            Like.give(clip, by=person, at=shown_at + timedelta(minutes=3 + 2 * k))


def _tag(clip: Clip, reel: Reel) -> None:
    for item, from_ms, until_ms in reel.tags():
        product = Product.objects.on_sale().filter(source_id=f"demo:{item}").first()
        if product is not None:
            last = min(until_ms, clip.duration_ms)
            if from_ms < last:
                tagging.tag(clip, product, from_ms=from_ms, until_ms=last, by=clip.creator)


def _filename(slug: str) -> str:
    return f"demo-{slug}.mp4"
